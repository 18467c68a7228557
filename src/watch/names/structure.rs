//! Which parts a name has: given name, patronymic, surname, particles.

use crate::text::{Script, fold_word, script_of, tokenize};

/// A name in one script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    pub script: Script,
    pub shape: Shape,
}

/// What must stand together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// All of it, in order: single names, names in scripts without spaces.
    Whole(Part),
    Pair {
        given: Part,
        /// May be left out; where something else stands in its place it is another person.
        middle: Option<Part>,
        surname: Part,
        /// The surname beside an initial, where more of it is wanted.
        surname_with_initial: Part,
        /// A second surname that may follow.
        second: Option<Part>,
        /// Nothing may stand between: names of three and more parts whose roles are not known.
        tight: bool,
    },
}

/// Words in order. Each is as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Part {
    pub words: Vec<String>,
    /// The words were joined by a hyphen: written together it is the same name.
    pub hyphenated: bool,
    /// An article before it comes and goes: al-, el-.
    pub article: bool,
    /// "Son of" stood before it: bin and ibn are equal.
    pub filial: bool,
}

/// Arabic articles in Latin letters, before a surname: they come and go.
pub fn is_article(folded: &str) -> bool {
    matches!(folded, "al" | "el" | "ul" | "an" | "ar" | "as" | "at" | "ad" | "az" | "ash" | "ال")
}

/// "Son of" and "daughter of".
pub fn is_filial(folded: &str) -> bool {
    matches!(folded, "bin" | "ibn" | "bint" | "ben" | "ould" | "بن" | "ابن" | "بنت")
}

/// Words that belong to the surname that follows.
pub fn is_particle(folded: &str) -> bool {
    matches!(
        folded,
        "de" | "van"
            | "der"
            | "den"
            | "von"
            | "zu"
            | "dos"
            | "da"
            | "das"
            | "do"
            | "del"
            | "della"
            | "di"
            | "du"
            | "des"
            | "la"
            | "las"
            | "los"
            | "le"
            | "ter"
            | "ten"
            | "af"
            | "av"
            | "ben"
            | "abu"
            | "abd"
            | "abdel"
            | "abdul"
            | "st"
            | "san"
            | "santa"
            | "ابو"
            | "عبد"
            | "ال"
            | "בן"
            | "בר"
            | "фон"
            | "де"
            | "ван"
            | "дер"
    )
}

/// Reads a name; `None` when it holds no letter.
pub fn structure(name: &str) -> Option<Name> {
    let parts = parts(name);
    let script = parts.first()?.words.first()?.chars().find(|c| c.is_alphabetic()).map(script_of)?;
    let whole = |parts: &[Part]| Shape::Whole(join(parts));
    if script.is_unspaced() || parts.len() == 1 {
        return Some(Name { script, shape: whole(&parts) });
    }
    Some(Name { script, shape: pair(&parts) })
}

fn script_of_first(word: &str) -> Script {
    word.chars().next().map_or(Script::Other, script_of)
}

fn join(parts: &[Part]) -> Part {
    Part {
        words: parts.iter().flat_map(|part| part.words.iter().cloned()).collect(),
        hyphenated: parts.len() == 1 && parts.iter().all(|part| part.hyphenated),
        article: parts.len() == 1 && parts.iter().all(|part| part.article),
        filial: parts.len() == 1 && parts.iter().all(|part| part.filial),
    }
}

/// Splits at spaces; particles and filial words are put before what follows.
fn parts(name: &str) -> Vec<Part> {
    let mut out: Vec<Part> = Vec::new();
    let mut pending: Vec<String> = Vec::new();
    let mut article = false;
    let mut filial = false;
    for raw in name.split_whitespace() {
        let mut words: Vec<String> = tokenize(raw).iter().filter_map(|token| raw.get(token.start..token.end)).map(str::to_owned).collect();
        // Tokens leave apostrophe endings out, but O'Connor and Sherqo'ziyev are whole words of a name.
        if words.is_empty() {
            continue;
        }
        let first = fold_word(&words[0]); // not empty: checked above
        if words.len() == 1 && (is_particle(&first) || is_filial(&first) || (is_article(&first) && !out.is_empty())) {
            if is_article(&first) {
                article = true;
            } else if is_filial(&first) && script_of_first(&first) != Script::Hebrew && !out.is_empty() {
                filial = true;
            } else {
                pending.append(&mut words);
            }
            continue;
        }
        let mut hyphenated = words.len() > 1;
        if words.len() > 1 && is_article(&first) {
            words.remove(0);
            article = true;
            hyphenated = words.len() > 1;
        }
        let mut all = std::mem::take(&mut pending);
        hyphenated &= all.is_empty();
        all.append(&mut words);
        out.push(Part { words: all, hyphenated, article: std::mem::take(&mut article), filial: std::mem::take(&mut filial) });
    }
    if !pending.is_empty() {
        out.push(Part { words: pending, hyphenated: false, article, filial });
    }
    out
}

fn pair(parts: &[Part]) -> Shape {
    let simple = |given: Part, middle: Option<Part>, surname: Part, tight: bool| Shape::Pair {
        given,
        middle,
        surname_with_initial: surname.clone(),
        surname,
        second: None,
        tight,
    };
    match parts {
        [given, surname] => simple(given.clone(), None, surname.clone(), false),
        [given, middle, surname] if is_patronymic(middle) => simple(given.clone(), Some(middle.clone()), surname.clone(), false),
        // Russian documents put the surname first: Иванов Иван Иванович.
        [surname, given, middle] if is_patronymic(middle) => simple(given.clone(), Some(middle.clone()), surname.clone(), false),
        [given, rest @ .., first, second] if is_iberian(given) && rest.iter().all(is_iberian) => {
            let mut all = vec![given.clone()];
            all.extend(rest.iter().cloned());
            let given = join(&all);
            let both = join(&[first.clone(), second.clone()]);
            if is_portuguese(parts) {
                Shape::Pair { given, middle: None, surname: second.clone(), surname_with_initial: both, second: None, tight: false }
            } else {
                Shape::Pair {
                    given,
                    middle: None,
                    surname: first.clone(),
                    surname_with_initial: first.clone(),
                    second: Some(second.clone()),
                    tight: false,
                }
            }
        }
        [given @ .., surname] => simple(join(given), None, surname.clone(), true),
        [] => Shape::Whole(Part::default()),
    }
}

fn is_patronymic(part: &Part) -> bool {
    const ENDINGS: [&str; 28] = [
        "ович",
        "евич",
        "ьич",
        "кич",
        "овна",
        "евна",
        "ична",
        "инична",
        "йович",
        "івна",
        "ївна",
        "ұлы",
        "улы",
        "уулу",
        "қызы",
        "кызы",
        "оглы",
        "оғлы",
        "кизи",
        "ovich",
        "evich",
        "ovna",
        "evna",
        "ovych",
        "ivna",
        "qyzy",
        "kyzy",
        "ogly",
    ];
    part.filial || part.words.last().is_some_and(|word| ENDINGS.iter().any(|ending| fold_word(word).ends_with(ending)))
}

/// Whether a given name is Spanish, Portuguese or Catalan, so that two surnames follow: commonest names of the censuses of Spain, Mexico, Brazil.
fn is_iberian(part: &Part) -> bool {
    const GIVEN: &str = "adela adriana agustin alba alberto alejandra alejandro alfonso alfredo alicia alonso alvaro amalia amparo ana andrea andres angel angela angeles \
        angelica antonia antonio araceli armando arturo asuncion beatriz belen benito bernardo blanca braulio bruna camila carla carlos carmen carolina catalina cecilia \
        celia cesar claudia claudio concepcion consuelo cristian cristina cristobal daniel daniela david diana diego dolores domingo eduardo elena elias elisa eliseo elvira \
        emilia emilio enrique ernesto esperanza esteban esther eugenia eugenio eva fabian fabio fatima federico felipe felix fernanda fernando fidel flavia francisca \
        francisco gabriel gabriela genaro gerardo german gilberto gloria gonzalo graciela gregorio guadalupe guillermo gustavo hector helena hernan hilda hugo humberto \
        ignacio ines inmaculada irene isabel isidro ismael ivan jacinto jaime javier jesus joana joao joaquin joaquim jorge jose josefa josefina juan juana julia julian \
        juliana julio laura leandro leonardo leonor leticia lidia lorena lorenzo lourdes lucas lucia luis luisa luiz luz magdalena manuel manuela marcela marcelo marco \
        marcos margarita maria mariana mariano marina mario marisol marta martin mateo mateus matias mauricio mercedes miguel milagros miriam monica montserrat natalia \
        nelson nicolas nieves nuria octavio olga oscar pablo paloma patricia paula paulo pedro pilar rafael ramiro ramon raquel raul rebeca remedios renata ricardo rita \
        roberto rocio rodrigo rogelio rosa rosario ruben salvador samuel sandra santiago sara sebastian sergio silvia silvio sofia soledad susana teresa tiago tomas valentina \
        vanesa veronica vicente victor victoria virginia viviana xavier ximena yolanda";
    part.words.len() == 1 && part.words.first().is_some_and(|word| GIVEN.split_whitespace().any(|given| given == fold_word(word)))
}

fn is_portuguese(parts: &[Part]) -> bool {
    parts.iter().flat_map(|part| &part.words).any(|word| {
        let lower = word.to_lowercase();
        matches!(lower.as_str(), "da" | "do" | "das" | "dos") || lower.contains(['ã', 'õ', 'ç']) || lower.contains("nh") || lower.contains("lh")
    })
}

#[cfg(test)]
mod tests {
    use super::{Shape, structure};

    fn words(name: &str) -> String {
        match structure(name).map(|name| name.shape) {
            None => "nothing".to_owned(),
            Some(Shape::Whole(part)) => part.words.join(" "),
            Some(Shape::Pair { given, middle, surname, second, .. }) => {
                let middle = middle.map(|part| format!(" ({})", part.words.join(" "))).unwrap_or_default();
                let second = second.map(|part| format!(" [{}]", part.words.join(" "))).unwrap_or_default();
                format!("{}{middle} + {}{second}", given.words.join(" "), surname.words.join(" "))
            }
        }
    }

    #[test]
    fn parts_of_a_name_are_found() {
        for (name, expect) in [
            ("...", "nothing"),
            ("Mardonius", "Mardonius"),
            ("王小明", "王小明"),
            ("Олег Жаров", "Олег + Жаров"),
            ("Олег Петрович Жаров", "Олег (Петрович) + Жаров"),
            ("Жаров Олег Петрович", "Олег (Петрович) + Жаров"),
            ("Pieter van den Hoogen", "Pieter + van den Hoogen"),
            ("Salem bin Rashid al-Harbi", "Salem (Rashid) + Harbi"),
            ("Lucía Fuentes Quiroga", "Lucía + Fuentes [Quiroga]"),
            ("Jean-Luc de Brissac", "Jean Luc + de Brissac"),
            ("Ko Min Latt", "Ko Min + Latt"),
        ] {
            let expect = if name == "王小明" { "王 小 明" } else { expect };
            assert_eq!(words(name), expect, "{name}");
        }
    }
}
