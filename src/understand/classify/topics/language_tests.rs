//! Stories written for this purpose: a reporter is held, something is done to media, and news that only borrows the words.

use crate::config::TopicsConfig;
use crate::model::Language;
use crate::understand::classify::topics::Topics;

/// Language, headline, text, topics and actors that must be among the labels; none at all for news of other kinds.
type Row = (&'static str, &'static str, &'static str, &'static [&'static str], &'static [&'static str]);

const HELD: &[&str] = &["arrest_detention"];
const NOBODY: &[&str] = &[];
const REPORTER: &[&str] = &["journalist"];

const ROWS: &[Row] = &[
    ("be", "Журналістку затрымалі ў Гомелі пасля рэпартажу", "Яе павезлі ў ізалятар, знаёмыя не ведаюць прычыны.", HELD, REPORTER),
    ("be", "Футбалісты перамаглі ў гасцях", "Нападнік забіў два галы, трэнер пахваліў каманду пасля матча.", NOBODY, NOBODY),
    ("hu", "Letartóztatták az újságírót Debrecenben", "A riportert az éjjel vitték el, őrizetbe vételét az ügyvédje erősítette meg.", HELD, REPORTER),
    ("hu", "Szabadkán nyert a csapat", "A csatár két gólt lőtt, az edző a mérkőzés után a védelmet dicsérte.", NOBODY, NOBODY),
    ("sr", "Новинарка ухапшена у Нишу", "Полиција је репортерку задржала у притвору до јутра.", HELD, REPORTER),
    ("hr", "Novinar uhićen u Splitu", "Policija ga drži u pritvoru, redakcija traži objašnjenje.", HELD, REPORTER),
    ("sr", "Pobeda domaćih u poslednjem minutu", "Napadač je postigao gol, trener je pohvalio ekipu posle utakmice.", NOBODY, NOBODY),
    ("hi", "रायपुर में पत्रकार गिरफ्तार, थाने में रखा गया", "संवाददाता ने खदान पर रिपोर्ट छापी थी।", HELD, REPORTER),
    ("hi", "पत्रकार के घर पर छापा, लैपटॉप जब्त", "पुलिस ने दो घंटे तक तलाशी ली।", &["raid_seizure"], REPORTER),
    ("hi", "आखिरी ओवर में जीत", "बल्लेबाज ने शतक बनाया और टीम ने मैच जीता, कोच खुश थे।", NOBODY, NOBODY),
    ("id", "Wartawan ditangkap di Ambon usai meliput tambang", "Reporter itu ditahan di kantor polisi sejak malam.", HELD, REPORTER),
    ("id", "Pemerintah blokir situs berita di Papua", "Portal itu tidak bisa diakses sejak Senin.", &["censorship"], &["media_outlet"]),
    ("id", "Timnas menang di laga terakhir", "Penyerang mencetak dua gol, pelatih memuji para pemain.", NOBODY, NOBODY),
    ("ka", "ჟურნალისტი დააკავეს ქუთაისში", "რეპორტიორი ღამით იზოლატორში გადაიყვანეს.", HELD, REPORTER),
    (
        "ka",
        "რედაქციის ოფისი გაჩხრიკეს, კომპიუტერები ამოიღეს",
        "ჩხრეკას პოლიცია ოთხი საათის განმავლობაში ატარებდა.",
        &["raid_seizure"],
        &["media_outlet"],
    ),
    ("ka", "გუნდმა ბოლო მატჩი მოიგო", "თავდამსხმელმა ორი გოლი გაიტანა, მწვრთნელი კმაყოფილია.", NOBODY, NOBODY),
    ("sw", "Mwandishi wa habari akamatwa Mtwara", "Ripota huyo anashikiliwa na polisi tangu jana usiku.", HELD, REPORTER),
    (
        "sw",
        "Serikali yafungia gazeti kwa miezi mitatu",
        "Leseni ya gazeti hilo imefutwa baada ya habari kuhusu bandari.",
        &["outlet_closure"],
        &["media_outlet"],
    ),
    ("sw", "Timu yashinda mechi ya mwisho", "Mshambuliaji alifunga mabao mawili, kocha aliwasifu wachezaji.", NOBODY, NOBODY),
    ("ur", "پشاور میں صحافی گرفتار", "رپورٹر کو رات گئے حراست میں لیا گیا اور تھانے منتقل کر دیا گیا۔", HELD, REPORTER),
    ("ur", "نیوز چینل کا لائسنس معطل", "پیمرا نے چینل کی نشریات بند کر دیں۔", &["outlet_closure"], &["media_outlet"]),
    ("ur", "آخری اوور میں فتح", "بلے باز نے سنچری بنائی اور ٹیم میچ جیت گئی، کوچ خوش تھے۔", NOBODY, NOBODY),
    ("ky", "Бишкекте журналист кармалды", "Кабарчыны түнү менен камакта кармашты.", HELD, REPORTER),
    (
        "ky",
        "Редакциянын кеңсесинде тинтүү жүрдү, компьютерлер алынды",
        "Милиция төрт саат бою тинтүү жүргүздү.",
        &["raid_seizure"],
        &["media_outlet"],
    ),
    ("ky", "Команда акыркы беттеште жеңди", "Чабуулчу эки гол киргизди, машыктыруучу ыраазы.", NOBODY, NOBODY),
    ("tg", "Рӯзноманигор дар Душанбе боздошт шуд", "Хабарнигор шабона ба боздоштгоҳ бурда шуд.", HELD, REPORTER),
    ("tg", "Сомонаи хабарӣ дар кишвар масдуд шуд", "Сомона аз душанбе дастнорас аст.", &["censorship"], &["media_outlet"]),
    ("tg", "Даста дар бозии охирин пирӯз шуд", "Ҳуҷумкунанда ду гол зад, мураббӣ хурсанд буд.", NOBODY, NOBODY),
    ("hy", "Երևանում լրագրող է ձերբակալվել", "Թղթակիցը գիշերը տարվել է մեկուսարան։", HELD, REPORTER),
    ("hy", "Խմբագրության գրասենյակը խուզարկվել է, համակարգիչները առգրավվել են", "Ոստիկանները չորս ժամ այնտեղ էին։", &["raid_seizure"], NOBODY),
    ("hy", "Թիմը հաղթեց վերջին խաղում", "Հարձակվողը երկու գոլ խփեց, մարզիչը գոհ էր։", NOBODY, NOBODY),
    ("cs", "Novinář zadržen v Ostravě", "Reportér strávil noc v cele, redakce žádá vysvětlení.", HELD, REPORTER),
    ("sk", "Novinárku zadržali v Košiciach", "Redaktorku odviedli policajti, noc strávila vo väzbe.", HELD, REPORTER),
    ("cs", "Domácí vyhráli v poslední minutě", "Útočník dal gól, trenér po zápase chválil tým.", NOBODY, NOBODY),
    ("bg", "Журналист е задържан в Бургас", "Репортерът прекара нощта в ареста.", HELD, REPORTER),
    ("bg", "Полицията претърси редакцията и иззе компютрите", "Обискът продължи четири часа.", &["raid_seizure"], &["media_outlet"]),
    ("bg", "Отборът победи в последния мач", "Нападателят вкара два гола, треньорът е доволен.", NOBODY, NOBODY),
];

/// One story a line: language, topics, actors, headline, text. `-` is none at all, `?` what may be found too.
const STORIES: &str = include_str!("stories.txt");

#[test]
fn stories_are_labeled_with_what_they_report() {
    let topics = Topics::new(&TopicsConfig::default()).unwrap();
    let mut faults = Vec::new();
    for line in STORIES.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let cells: Vec<&str> = line.split(" | ").collect();
        let [language, wanted_topics, wanted_actors, title, text] = cells[..] else { panic!("a line has five cells: {line}") };
        let (found, actors) = topics.label(title, text, &Language::parse(language).unwrap());
        let found: Vec<&str> = found.iter().map(|label| label.id.as_str()).collect();
        let actors: Vec<&str> = actors.iter().map(|label| label.id.as_str()).collect();
        let is_none_wanted = wanted_topics == "-";
        let lacks = |wanted: &str, found: &[&str]| wanted.split(',').any(|id| id != "-" && !id.starts_with('?') && !found.contains(&id));
        if lacks(wanted_topics, &found) || lacks(wanted_actors, &actors) || (is_none_wanted && !(found.is_empty() && actors.is_empty())) {
            faults.push(format!("{language}: {title}: {found:?} {actors:?}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn each_language_tells_news_of_its_field_from_other_news() {
    let topics = Topics::new(&TopicsConfig::default()).unwrap();
    let mut faults = Vec::new();
    for (language, title, text, wanted_topics, wanted_actors) in ROWS {
        let (found, actors) = topics.label(title, text, &Language::parse(language).unwrap());
        let found: Vec<&str> = found.iter().map(|label| label.id.as_str()).collect();
        let actors: Vec<&str> = actors.iter().map(|label| label.id.as_str()).collect();
        let is_met = wanted_topics.iter().all(|id| found.contains(id)) && wanted_actors.iter().all(|id| actors.contains(id));
        let is_none_right = !wanted_topics.is_empty() || (found.is_empty() && actors.is_empty());
        if !is_met || !is_none_right {
            faults.push(format!("{language}: {title}: {found:?} {actors:?}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
