//! The names of months in the languages that sources publish in, as their shortest distinct beginnings.

/// Beginnings of month names in lower case, by month. The longest that fits decides, so that `mayıs` is not `may`'s problem and `июл` not `июн`'s.
const BEGINNINGS: [&[&str]; 12] = [
    &[
        "jan", "janv", "ene", "gen", "gennaio", "ian", "oca", "ocak", "sty", "led", "sij", "янв", "січ", "сту", "яну", "јан", "қаңтар", "үчтүн", "yan", "yanv", "jaan", "ιαν", "يناير", "كانون الثاني",
        "جانفي", "ژانویه", "ינואר", "בינואר", "जनवरी", "জানুয়ারি", "มกราคม", "ม.ค", "იან", "հունվ", "tammi", "januar", "sau", "জানু",
    ],
    &[
        "feb", "fév", "fev", "févr", "şub", "sub", "lut", "úno", "vel", "фев", "лют", "лютого", "феб", "ақпан", "fev", "veeb", "φεβ", "فبراير", "شباط", "فيفري", "فوریه", "פברואר", "בפברואר", "फरवरी",
        "ফেব্রু", "กุมภา", "ก.พ", "თებ", "փետր", "helmi", "vas", "fbr",
    ],
    &[
        "mar", "mär", "mrt", "maa", "març", "mart", "maret", "marz", "mars", "marec", "břez", "ožu", "мар", "март", "бер", "сак", "наурыз", "μάρ", "μαρ", "märts", "مارس", "آذار", "מרץ", "במרץ", "मार्च",
        "মার্চ", "มีนา", "มี.ค", "მარ", "մարտ", "maalis", "kov",
    ],
    &[
        "apr", "avr", "abr", "nis", "kwi", "dub", "tra", "апр", "кві", "крас", "сәуір", "απρ", "أبريل", "ابريل", "إبريل", "نيسان", "أفريل", "آوریل", "אפריל", "באפריל", "अप्रैल", "এপ্রিল", "เมษา", "เม.ย", "აპრ",
        "ապրիլ", "huhti", "bal", "aprel",
    ],
    &[
        "may", "mai", "maj", "mag", "mei", "mayo", "maio", "mayıs", "máj", "svi", "kvě", "май", "мая", "тра", "трав", "мај", "мамыр", "μαΐ", "μαι", "μάι", "مايو", "أيار", "ماي", "مه", "מאי", "במאי", "मई", "মে",
        "พฤษภา", "พ.ค", "მაი", "մայիս", "touko", "geg", "mayıs",
    ],
    &[
        "jun", "juin", "giu", "iun", "haz", "cze", "črn", "červen", "lip_hr", "июн", "чер", "чэр", "юни", "јун", "маусым", "ιούν", "ιουν", "iyun", "juuni", "jún", "يونيو", "حزيران", "جوان", "ژوئن", "יוני", "ביוני",
        "जून", "জুন", "มิถุนา", "มิ.ย", "ივნ", "հունիս", "kesä", "birž",
    ],
    &[
        "jul", "juil", "lug", "iul", "tem", "lip", "července", "červenec", "srp_hr", "июл", "лип", "юли", "јул", "шілде", "ιούλ", "ιουλ", "iyul", "juuli", "júl", "يوليو", "تموز", "جويلية", "ژوئیه", "יולי",
        "ביולי", "जुलाई", "জুলাই", "กรกฎา", "ก.ค", "ივლ", "հուլիս", "heinä", "liep",
    ],
    &[
        "aug", "aoû", "aou", "ago", "ağu", "agu", "sie", "srp", "kol", "авг", "сер", "жні", "тамыз", "αύγ", "αυγ", "avq", "avg", "agt", "أغسطس", "اغسطس", "آب", "أوت", "اوت", "אוגוסט", "באוגוסט", "अगस्त",
        "আগস্ট", "สิงหา", "ส.ค", "აგვ", "օգոստ", "elo", "rugp",
    ],
    &[
        "sep", "sept", "set", "eyl", "wrz", "zář", "ruj", "сен", "вер", "септ", "қыркүйек", "σεπ", "sent", "سبتمبر", "أيلول", "سپتامبر", "ספטמבר", "בספטמבר", "सितंबर", "सितम्बर", "সেপ্টে", "กันยา", "ก.ย", "სექ",
        "սեպտ", "syys", "rugs", "вераснь",
    ],
    &[
        "oct", "out", "ott", "okt", "eki", "paź", "říj", "окт", "жов", "кас", "қазан", "οκτ", "oktyabr", "أكتوبر", "اكتوبر", "تشرين الأول", "اکتبر", "אוקטובר", "באוקטובר", "अक्टूबर", "अक्तूबर", "অক্টো", "ตุลา", "ต.ค",
        "ოქტ", "հոկտ", "loka", "spal",
    ],
    &[
        "nov", "kas", "lis", "listopad", "stu", "ноя", "лис", "ліст", "ное", "нов", "қараша", "νοέ", "νοε", "noy", "نوفمبر", "تشرين الثاني", "نوامبر", "נובמבר", "בנובמבר", "नवंबर", "नवम्बर", "নভে", "พฤศจิ", "พ.ย",
        "ნოე", "նոյ", "marras", "lapk",
    ],
    &[
        "dec", "déc", "dez", "dic", "ara", "gru", "pro", "дек", "гру", "сне", "сьн", "дец", "желтоқсан", "δεκ", "des", "dets", "dek", "ديسمبر", "كانون الأول", "دسامبر", "דצמבר", "בדצמבר", "दिसंबर", "दिसम्बर",
        "ডিসে", "ธันวา", "ธ.ค", "დეკ", "դեկտ", "joulu", "gruod",
    ],
];

/// Days of the week and other words that begin like a month.
const OTHERS: [&str; 24] = [
    "mardi", "martes", "martedì", "martedi", "marți", "mardi.", "mary", "maandag", "sexta", "setembrou", "dimanche", "mercredi", "domingo", "sub", "subota", "sobota", "sunday", "sun", "декада", "prof", "sreda",
    "marti", "lun", "sab",
];

/// The month that a word names, 1 to 12.
pub fn month_of(word: &str) -> Option<i8> {
    let lower = word.to_lowercase();
    if lower.chars().count() < 2 || OTHERS.contains(&lower.as_str()) {
        return None;
    }
    let mut best: Option<(usize, i8)> = None;
    for (month, beginnings) in (1i8..).zip(BEGINNINGS) {
        for beginning in beginnings {
            if lower.starts_with(beginning) && best.is_none_or(|(length, _)| beginning.len() > length) {
                best = Some((beginning.len(), month));
            }
        }
    }
    best.map(|(_, month)| month)
}
