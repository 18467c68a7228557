//! Ordinary words in their inflected forms; derivations and parts of words are other words.

use super::{list, meets, set};

#[track_caller]
fn check(word: &str, language: &str, same: &str, others: &str) {
    let set = set(vec![list("words", word)]);
    let missed: Vec<&str> = same.split(' ').filter(|form| !meets(&set, language, form)).collect();
    let wrong: Vec<&str> = others.split(' ').filter(|form| !form.is_empty() && meets(&set, language, form)).collect();
    assert!(missed.is_empty() && wrong.is_empty(), "{word} in {language}: missed {missed:?}, wrongly met {wrong:?}");
}

#[test]
fn east_slavic_words_are_declined() {
    check(
        "редактор",
        "ru",
        "редактора редактору редактором редакторе редакторы редакторов редакторам редакторами редакторах",
        "редакторский редакторша соредактор",
    );
    check("газета", "ru", "газеты газете газету газетой газет газетам газетами газетах", "газетный газетчик");
    check("арест", "ru", "ареста аресту арестом аресте аресты арестов арестам арестами арестах", "арестант");
    check("жилец", "ru", "жильца жильцу жильцом жильцы жильцов жильцами", "жилище");
    check("обвинение", "ru", "обвинения обвинению обвинением обвинении обвинений обвинениям обвинениями обвинениях", "обвинитель");
    check("тюрьма", "ru", "тюрьмы тюрьме тюрьму тюрьмой тюрем тюрьмам", "тюремный");
    check("партия", "ru", "партии партию партией партий партиям партиями", "партийный партнёр");
    check("свободный", "ru", "свободного свободному свободным свободном свободная свободной свободную свободные свободных", "свобода");
    check("власть", "ru", "власти властью властей властям властями властях", "властный");
    check("редактор", "uk", "редактора редакторові редактору редактором редактори редакторів редакторам редакторами редакторах", "редакторка");
    check("газета", "uk", "газети газеті газету газетою газет газетам газетами", "газетяр");
    check("політика", "uk", "політики політиці політику політикою політик", "");
    check("звинувачення", "uk", "звинуваченню звинуваченням звинувачень звинуваченнями", "");
    check("суд", "be", "суда суду судом суды судоў судам", "судовы");
}

#[test]
fn turkic_words_take_plural_possessive_and_case() {
    check("сот", "kk", "соттың сотқа сотты сотта соттан сотпен соттар соттарға соты сотының сотына", "сотталды");
    check("мақала", "kk", "мақаланың мақалаға мақаланы мақалада мақаладан мақаламен мақалалар мақалаларды мақаласы мақаласында", "");
    check("құқық", "kk", "құқықтың құқығы құқығын құқықтар құқықтары", "құқықтық");
    check("kitap", "tr", "kitabı kitabın kitaba kitapta kitaptan kitaplar kitapları kitaplarından kitabımız", "kitapçı kitaplık");
    check("mahkeme", "tr", "mahkemenin mahkemeye mahkemeyi mahkemede mahkemeden mahkemeler mahkemelerin mahkemesi mahkemesinde", "mahkemeli");
    check("renk", "tr", "rengi rengin renge renkler renkleri", "renkli renksiz");
    check("isim", "tr", "ismi ismin isme isimler isimde", "isimsiz");
    check("qanun", "az", "qanunun qanuna qanunu qanunda qanundan qanunlar qanunların qanunu", "qanunsuz");
}

#[test]
fn uralic_words_change_their_stems() {
    check(
        "kauppa",
        "fi",
        "kaupan kauppaa kaupassa kaupasta kauppaan kaupalla kaupat kauppojen kauppoja kaupoissa kauppani kaupassamme kauppakin",
        "kauppias",
    );
    check("kirja", "fi", "kirjan kirjaa kirjassa kirjaan kirjat kirjojen kirjoja kirjoissa kirjoille", "kirjasto kirjailija");
    check("vastaus", "fi", "vastauksen vastausta vastauksessa vastaukseen vastaukset vastausten vastauksia vastauksissa", "vastata");
    check("nainen", "fi", "naisen naista naiselle naiset naisten naisia naisille", "naisellinen");
    check("oikeus", "fi", "oikeuden oikeutta oikeudessa oikeuteen oikeudet oikeuksien oikeuksia", "oikea");
    check("poliisi", "fi", "poliisin poliisia poliisille poliisit poliisien poliiseja poliiseille", "");
    check(
        "könyv",
        "hu",
        "könyvet könyvnek könyvvel könyvben könyvből könyvről könyvek könyveket könyveknek könyvei könyvem könyvükben",
        "könyvtár könyves",
    );
    check("törvény", "hu", "törvényt törvénynek törvénnyel törvényben törvények törvényeket törvénye törvényei törvényünk", "törvényes törvényi");
    check("terem", "hu", "termet teremben termek termekben terme", "");
    check("kutya", "hu", "kutyát kutyának kutyával kutyák kutyákat kutyája", "kutyás");
}

#[test]
fn west_and_south_slavic_words_are_declined() {
    check("sędzia", "pl", "sędziego", "");
    check("gazeta", "pl", "gazety gazecie gazetę gazetą gazet gazetom gazetami gazetach", "gazetowy gazeciarz");
    check("urząd", "pl", "urzędu urzędowi urzędem urzędzie urzędy urzędów urzędom", "urzędnik");
    check("więzień", "pl", "więźnia więźniowi więźniem więźniowie więźniów", "więzienny");
    check("student", "pl", "studenta studentowi studentem studencie studenci studentów studentami", "studentka studencki");
    check("matka", "pl", "matki matce matkę matką matek matkom", "matczyny");
    check("noviny", "cs", "novin novinám novinách novinami", "novinář");
    check("soud", "cs", "soudu soudem soudy soudů soudům soudech", "soudce soudní");
    check("новинар", "sr", "новинара новинару новинаром новинари новинара новинарима", "новинарка");
    check("вестник", "bg", "вестника вестникът вестници вестниците", "");
}

#[test]
fn semitic_and_iranian_words_take_clitics_and_endings() {
    check("محرر", "ar", "المحرر والمحرر للمحرر بالمحرر محررون محررين المحررين محررو محرره ومحررها", "تحرير");
    check("محكمة", "ar", "المحكمة والمحكمة للمحكمة محكمتها محكمتان", "حكم");
    check("نویسنده", "fa", "نویسنده‌ها نویسندگان نویسنده‌ای نویسنده‌اش", "نوشتن");
    check("دانشجو", "fa", "دانشجوها دانشجو‌ها دانشجویان دانشجویی دانشجوی", "دانش");
    check("עיתון", "he", "העיתון בעיתון ובעיתון שהעיתון עיתונים העיתונים לעיתונים", "עת");
    check("משטרה", "he", "המשטרה למשטרה משטרת במשטרת", "משטר");
}

#[test]
fn western_words_take_their_endings() {
    check("detained", "en", "detain detains detained detaining", "detention detainee");
    check("journalist", "en", "journalists journalist's journalists'", "journalism journalistic");
    check("body", "en", "bodies body", "anybody");
    check("strike", "en", "strikes striking struck", "striker");
    check("Zeitung", "de", "Zeitungen", "Tageszeitung Zeitungsredaktion");
    check("Journalist", "de", "Journalisten", "Journalismus");
    check("journal", "fr", "journaux l'journal", "journaliste");
    check("detenido", "es", "detenidos detenida detenidas", "detención");
    check("eleição", "pt", "eleições eleicao", "eleitor");
    check("giornale", "it", "giornali", "giornalista");
}

#[test]
fn scripts_without_spaces_are_searched_inside_and_hangul_at_the_beginning() {
    check("记者", "zh", "两名记者被捕", "记录者");
    check("ข่าว", "th", "ผู้สื่อข่าวไทย", "ขาวข่า");
    check("기자", "ko", "기자들이 기자는", "여기자");
}

#[test]
fn forms_are_those_of_the_story_s_language() {
    let set = set(vec![list("words", "karar")]);
    assert!(meets(&set, "tr", "kararları"));
    assert!(!meets(&set, "en", "kararları"));
    assert!(meets(&set, "und", "kararları"));
    assert!(meets(&set, "sw", "karar") && !meets(&set, "sw", "karara"));
}
