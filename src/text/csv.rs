//! Rows for spreadsheets: every cell quoted, and none a formula.

/// What makes a spreadsheet take a cell for a formula, the full-width forms among them.
const TRIGGERS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// One line of CSV (RFC 4180) without its end. Line breaks and tabs become spaces; other control characters and direction overrides go.
///
/// A cell that would be read as a formula begins with an apostrophe instead, also where a program parts cells at semicolons.
pub fn row<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let cells: Vec<String> = cells.into_iter().map(|cell| format!("\"{}\"", guarded(cell).replace('"', "\"\""))).collect();
    cells.join(",")
}

fn guarded(cell: &str) -> String {
    let plain: String = cell
        .chars()
        .map(|letter| if matches!(letter, '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}') { ' ' } else { letter })
        .filter(|letter| !(letter.is_control() || matches!(letter, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}' | '\u{200B}')))
        .collect();
    let mut out = String::with_capacity(plain.len() + 1);
    // A quotation mark or a semicolon may begin a cell for a program that parts otherwise.
    let mut begins = true;
    for letter in plain.chars() {
        if begins && TRIGGERS.contains(&letter) {
            out.push('\'');
        }
        begins = matches!(letter, ';' | '|' | '"') || (begins && letter.is_whitespace());
        out.push(letter);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::row;

    #[test]
    fn no_cell_is_a_formula() {
        let check = |cell: &str, expect: &str| assert_eq!(row([cell]), format!("\"{expect}\""), "{cell:?}");
        check("Editor held", "Editor held");
        check("=HYPERLINK(\"x\")", "'=HYPERLINK(\"\"x\"\")");
        check("  +1", "  '+1");
        check("\t@SUM(1)", " '@SUM(1)");
        check("\r\n-2+3", "  '-2+3");
        check("＝1", "'＝1");
        check("\u{feff}=1", "'=1");
        check("a;=cmd|' /C calc'!A0", "a;'=cmd|' /C calc'!A0");
        check("x\";=1", "x\"\";'=1");
        check("a\n=1 \u{202e}b\u{1b}[31m", "a =1 b[31m");
        check("well-known e-mail: a@b", "well-known e-mail: a@b");
        assert_eq!(row(["a", "", "b,c"]), "\"a\",\"\",\"b,c\"");
    }
}
