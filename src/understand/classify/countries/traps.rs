//! Traps and offices: names that are other things elsewhere, in sentences of our own.

use crate::understand::classify::countries::tests::check;

/// Language, headline, the countries labeled.
const SENTENCES: &[(&str, &str, &[&str])] = &[
    // Georgia, the state and the country.
    ("en", "Atlanta, Georgia: station sued over recordings", &["US"]),
    ("en", "Protesters in Tbilisi, Georgia face fines", &["GE"]),
    ("en", "Savannah, Ga., council bans cameras", &["US"]),
    ("ru", "В штате Джорджия закрыли радиостанцию", &["US"]),
    ("ru", "В Грузии оштрафовали журналистов", &["GE"]),
    ("fr", "La Géorgie adopte une loi contre les médias étrangers", &["GE"]),
    ("de", "Georgien: Polizei geht gegen Reporter vor", &["GE"]),
    // Jordan.
    ("en", "Jordan Smith wins the county race", &[]),
    ("en", "Jordan detains a cartoonist in Amman", &["JO"]),
    ("es", "Jordania libera a un periodista", &["JO"]),
    ("de", "Michael Jordan verkauft sein Haus", &[]),
    ("ar", "الأردن يوقف كاتبا", &["JO"]),
    // Turkey and turkey.
    ("en", "How to roast a turkey for the family", &[]),
    ("en", "Thanksgiving turkey prices rise", &[]),
    ("en", "Turkey blocks a news site", &["TR"]),
    ("pl", "Turcja zablokowała portal", &["TR"]),
    // Chad.
    ("en", "Chad Smith joins the band on tour", &[]),
    ("en", "Chad expels a reporter", &["TD"]),
    ("fr", "Le Tchad expulse un reporter", &["TD"]),
    ("de", "Tschad weist Korrespondenten aus", &["TD"]),
    // Niger and Nigeria.
    ("en", "Niger suspends the BBC", &["GB", "NE"]),
    ("en", "Nigeria charges a blogger", &["NG"]),
    ("ru", "В Нигерии задержали блогера", &["NG"]),
    ("ru", "В Нигере задержали блогера", &["NE"]),
    ("uk", "У Нігерії затримали блогера", &["NG"]),
    ("pl", "W Nigerii zatrzymano blogera", &["NG"]),
    ("pl", "W Nigrze zatrzymano blogera", &["NE"]),
    ("fr", "Le Niger suspend une radio", &["NE"]),
    ("fr", "Le Nigeria suspend une radio", &["NG"]),
    ("es", "Níger suspende una radio", &["NE"]),
    ("de", "Nigeria klagt Blogger an", &["NG"]),
    ("en", "Spill in the Niger Delta", &["NG"]),
    // The Congos.
    ("en", "Reporter killed in the Democratic Republic of Congo", &["CD"]),
    ("en", "Editor freed in Brazzaville", &["CG"]),
    ("fr", "RDC : un journaliste tué à Goma", &["CD"]),
    ("fr", "République démocratique du Congo : une radio attaquée", &["CD"]),
    ("ru", "В Демократической Республике Конго убили репортёра", &["CD"]),
    ("es", "República Democrática del Congo: matan a un reportero", &["CD"]),
    // The Koreas.
    ("en", "South Korea frees a cartoonist", &["KR"]),
    ("en", "North Korea fires a missile", &["KP"]),
    ("ru", "Северная Корея запустила ракету", &["KP"]),
    ("ru", "Южная Корея оштрафовала канал", &["KR"]),
    ("de", "Südkorea straft Sender", &["KR"]),
    ("fr", "La Corée du Nord tire un missile", &["KP"]),
    ("zh", "朝鲜发射导弹", &["KP"]),
    ("zh", "韩国释放一名记者", &["KR"]),
    ("ja", "北朝鮮がミサイルを発射", &["KP"]),
    ("ko", "북한 미사일 발사", &["KP"]),
    ("tr", "Kuzey Kore füze denedi", &["KP"]),
    ("vi", "Triều Tiên phóng tên lửa", &["KP"]),
    // The Guineas.
    ("en", "Guinea shuts down a radio", &["GN"]),
    ("en", "Junta in Guinea-Bissau bans rallies", &["GW"]),
    ("en", "Papua New Guinea counts votes", &["PG"]),
    ("en", "Equatorial Guinea jails a cartoonist", &["GQ"]),
    ("fr", "La Guinée équatoriale libère un dessinateur", &["GQ"]),
    ("es", "Guinea Ecuatorial libera a un dibujante", &["GQ"]),
    ("pt", "Guiné-Bissau expulsa jornalistas", &["GW"]),
    ("ru", "В Экваториальной Гвинее освободили карикатуриста", &["GQ"]),
    ("ru", "В Гвинее закрыли радио", &["GN"]),
    ("de", "Papua-Neuguinea zählt Stimmen", &["PG"]),
    // Dominica.
    ("en", "Dominica holds a vote", &["DM"]),
    ("en", "Dominican Republic deports a reporter", &["DO"]),
    ("es", "República Dominicana deporta a un reportero", &["DO"]),
    ("fr", "La République dominicaine expulse un reporter", &["DO"]),
    // Mali, Malawi, words.
    ("fi", "Sopimus malli on valmis", &[]),
    ("en", "Mali bans two channels", &["ML"]),
    ("en", "Malawi bans two channels", &["MW"]),
    ("ar", "الوضع المالي للشركة", &[]),
    // Oceans, parts of the world.
    ("en", "Cyclone forms over the Indian Ocean", &[]),
    ("en", "Latin America holds a summit", &[]),
    ("es", "América Latina celebra una cumbre", &[]),
    ("fr", "L'Amérique latine tient un sommet", &[]),
    ("ru", "Саммит Латинской Америки", &[]),
    ("de", "Südamerika vor der Wahl", &[]),
    ("pt", "A América do Sul vota", &[]),
    // Persons and things named after places.
    ("en", "Paris Hilton opens a shop", &[]),
    ("en", "A Chinese restaurant won a prize", &[]),
    ("en", "Prince Harry visits a Persian rug fair", &[]),
    ("en", "Native Americans celebrate", &[]),
    // New Mexico, British Columbia, the District.
    ("en", "Reporters sue New Mexico sheriff", &["US"]),
    ("es", "Nuevo México aprueba una ley", &["US"]),
    ("fr", "Le Nouveau-Mexique vote une loi", &["US"]),
    ("ru", "В Нью-Мексико приняли закон", &["US"]),
    ("en", "British Columbia judge jails a man", &["CA"]),
    ("fr", "Colombie-Britannique : un juge interdit la presse", &["CA"]),
    ("es", "Columbia Británica prohíbe las cámaras", &["CA"]),
    ("en", "District of Columbia court hears editor", &["US"]),
    // A comma settles.
    ("en", "Paris, Texas: radio host arrested", &["US"]),
    ("en", "Radio host arrested in London, Ontario", &["CA"]),
    ("en", "Paris court frees editor", &["FR"]),
    // Words that are names elsewhere.
    ("be", "Калі выйдзе газета", &[]),
    ("ar", "مدينة جديدة في الصحراء", &[]),
    ("ru", "Конгресс одобрил бюджет", &[]),
    ("ur", "شام کو جلوس ہوا", &[]),
    ("th", "ปรากฏว่าข่าวไม่จริง", &[]),
    ("ta", "பெரிய மழை பெய்தது", &[]),
    // Streets.
    ("en", "Protest on Berlin Street in Nairobi", &["KE"]),
    ("en", "Fire closes Jordan Road", &[]),
    ("fr", "Dakar : la rue de Madrid est fermée", &["SN"]),
    ("es", "Cierran la calle Colombia en Quito", &["EC"]),
    ("tr", "Ankara'da Paris Caddesi kapatıldı", &["TR"]),
    // Institutions.
    ("en", "Kremlin bars a reporter from the Pentagon", &["RU", "US"]),
    ("fr", "L'Élysée répond aux journalistes", &["FR"]),
    ("de", "Bundestag debattiert über Pressefreiheit", &["DE"]),
    ("ru", "Кремль ответил на вопрос журналиста", &["RU"]),
    ("ar", "الكرملين يرد على الصحفيين", &["RU"]),
    ("zh", "克里姆林宫回应记者提问", &["RU"]),
    ("ja", "ホワイトハウスが記者会見を中止", &["US"]),
    ("ko", "백악관, 기자회견 취소", &["US"]),
    ("hi", "क्रेमलिन ने पत्रकारों को जवाब दिया", &["RU"]),
    ("fa", "کرملین به خبرنگاران پاسخ داد", &["RU"]),
    ("my", "အိမ်ဖြူတော် သတင်းစာရှင်းလင်းပွဲ", &["US"]),
];

#[test]
fn traps_and_offices_are_read_in_their_languages() {
    for (tag, title, wanted) in SENTENCES {
        check(tag, title, wanted);
    }
}
