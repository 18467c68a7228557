//! Clusters across languages, measured on reports that tell one event in ten languages, beside other events of the same country, city, topic and day.

use super::tests::{draft, read};

/// One event: its country, the names of its city as classification finds them, and a headline and a text for each language.
struct Told {
    country: &'static str,
    places: &'static [&'static str],
    reports: &'static [(&'static str, &'static str, &'static str)],
}

const ALMATY: &[&str] = &["Almaty", "Алматы", "Алматыда", "ألماتي", "آلماتی", "阿拉木图", "Almatı", "Kazakhstan"];
const ISTANBUL: &[&str] = &["Istanbul", "İstanbul", "Estambul", "Стамбуле", "Стамбулі", "Стамбұлда", "إسطنبول", "استانبول", "伊斯坦布尔", "Turkey"];

const EVENTS: &[Told] = &[
    Told {
        country: "KZ",
        places: ALMATY,
        reports: &[
            (
                "en",
                "Reporter Nurlan Sadykov detained in Almaty",
                "Police in Almaty on Monday detained Nurlan Sadykov, 47, a reporter of the website Tolkyn. A court gave him 15 days. About 320 people signed a letter for Sadykov.",
            ),
            (
                "ru",
                "В Алматы задержан журналист Нурлан Садыков",
                "Полиция в понедельник задержала 47-летнего Нурлана Садыкова, журналиста сайта «Толкын». Суд дал ему 15 суток. Письмо в защиту Садыкова подписали 320 человек.",
            ),
            (
                "kk",
                "Алматыда журналист Нұрлан Садықов ұсталды",
                "Полиция дүйсенбіде «Толқын» сайтының журналисі, 47 жастағы Нұрлан Садықовты ұстады. Сот оны 15 тәулікке қамады. Садықовты қорғау хатына 320 адам қол қойды.",
            ),
            (
                "fr",
                "Le reporter Nourlan Sadykov arrêté à Almaty",
                "La police d'Almaty a arrêté lundi Nourlan Sadykov, 47 ans, reporter du site Tolkyn. Un tribunal lui a infligé 15 jours. Quelque 320 personnes ont signé une lettre pour Sadykov.",
            ),
            (
                "es",
                "Detenido en Almaty el reportero Nurlán Sadikov",
                "La policía de Almaty detuvo el lunes a Nurlán Sadikov, de 47 años, reportero del sitio Tolkin. Un tribunal le impuso 15 días. Unas 320 personas firmaron una carta por Sadikov.",
            ),
            (
                "ar",
                "توقيف الصحفي نورلان صديقوف في ألماتي",
                "أوقفت الشرطة في ألماتي يوم الاثنين نورلان صديقوف، 47 عاما، الصحفي في موقع تولكين. وحكمت عليه محكمة بالحبس 15 يوما. ووقع 320 شخصا رسالة من أجل صديقوف.",
            ),
            (
                "zh",
                "记者努尔兰·萨德科夫在阿拉木图被拘留",
                "阿拉木图警方周一拘留了Tolkyn网站47岁的记者努尔兰·萨德科夫(Nurlan Sadykov)。法院判处他15天拘留。约320人为Sadykov签署了公开信。",
            ),
            (
                "fa",
                "نورلان صادیقوف خبرنگار در آلماتی بازداشت شد",
                "پلیس آلماتی روز دوشنبه نورلان صادیقوف ۴۷ ساله خبرنگار وبگاه تولکین را بازداشت کرد. دادگاه او را به ۱۵ روز حبس محکوم کرد. ۳۲۰ نفر نامه‌ای برای صادیقوف امضا کردند.",
            ),
            (
                "tr",
                "Muhabir Nurlan Sadıkov Almatı'da gözaltına alındı",
                "Almatı polisi pazartesi günü Tolkın sitesinin muhabiri 47 yaşındaki Nurlan Sadıkov'u gözaltına aldı. Mahkeme 15 gün hapis verdi. Sadıkov için 320 kişi bir mektup imzaladı.",
            ),
            (
                "uk",
                "В Алмати затримали журналіста Нурлана Садикова",
                "Поліція в понеділок затримала 47-річного Нурлана Садикова, журналіста сайту «Толкин». Суд дав йому 15 діб. Лист на захист Садикова підписали 320 людей.",
            ),
        ],
    },
    Told {
        country: "KZ",
        places: ALMATY,
        reports: &[
            (
                "en",
                "Reporter Marina Volkova detained in Almaty",
                "Police in Almaty on Monday detained Marina Volkova, 29, a reporter of the weekly Stepnoi Vestnik. A court gave her 15 days. Her lawyer Timur Abishev will appeal against case 7183.",
            ),
            (
                "ru",
                "В Алматы задержана журналистка Марина Волкова",
                "Полиция в понедельник задержала 29-летнюю Марину Волкову, журналистку еженедельника «Степной вестник». Суд дал ей 15 суток. Адвокат Тимур Абишев обжалует дело 7183.",
            ),
            (
                "kk",
                "Алматыда журналист Марина Волкова ұсталды",
                "Полиция дүйсенбіде «Степной вестник» апталығының журналисі, 29 жастағы Марина Волкованы ұстады. Сот оны 15 тәулікке қамады. Адвокат Тимур Әбішев 7183 ісі бойынша шағымданады.",
            ),
            (
                "fr",
                "La reporter Marina Volkova arrêtée à Almaty",
                "La police d'Almaty a arrêté lundi Marina Volkova, 29 ans, reporter de l'hebdomadaire Stepnoï Vestnik. Un tribunal lui a infligé 15 jours. Son avocat Timour Abichev fera appel dans l'affaire 7183.",
            ),
            (
                "es",
                "Detenida en Almaty la reportera Marina Vólkova",
                "La policía de Almaty detuvo el lunes a Marina Vólkova, de 29 años, reportera del semanario Stepnoi Vestnik. Un tribunal le impuso 15 días. Su abogado Timur Abíshev recurrirá el caso 7183.",
            ),
            (
                "ar",
                "توقيف الصحفية مارينا فولكوفا في ألماتي",
                "أوقفت الشرطة في ألماتي يوم الاثنين مارينا فولكوفا، 29 عاما، الصحفية في أسبوعية ستيبنوي فيستنيك. وحكمت عليها محكمة بالحبس 15 يوما. وسيطعن المحامي تيمور أبيشيف في القضية 7183.",
            ),
            (
                "fa",
                "مارینا ولکووا خبرنگار در آلماتی بازداشت شد",
                "پلیس آلماتی روز دوشنبه مارینا ولکووا ۲۹ ساله خبرنگار هفته‌نامه استپنوی وستنیک را بازداشت کرد. دادگاه او را به ۱۵ روز حبس محکوم کرد. وکیل او تیمور ابیشف به پرونده ۷۱۸۳ اعتراض می‌کند.",
            ),
            (
                "tr",
                "Muhabir Marina Volkova Almatı'da gözaltına alındı",
                "Almatı polisi pazartesi günü Stepnoy Vestnik haftalığının muhabiri 29 yaşındaki Marina Volkova'yı gözaltına aldı. Mahkeme 15 gün hapis verdi. Avukatı Timur Abişev 7183 sayılı davaya itiraz edecek.",
            ),
            (
                "uk",
                "В Алмати затримали журналістку Марину Волкову",
                "Поліція в понеділок затримала 29-річну Марину Волкову, журналістку тижневика «Степной вестник». Суд дав їй 15 діб. Адвокат Тимур Абішев оскаржить справу 7183.",
            ),
        ],
    },
    Told {
        country: "TR",
        places: ISTANBUL,
        reports: &[
            (
                "en",
                "Istanbul court jails editor Kemal Aydogan",
                "A court in Istanbul on Tuesday jailed Kemal Aydogan, 52, editor of Deniz Postasi, pending trial. Prosecutors ask for 28 years in an indictment of 1,250 pages against Aydogan.",
            ),
            (
                "ru",
                "Суд в Стамбуле арестовал редактора Кемаля Айдогана",
                "Суд в Стамбуле во вторник арестовал 52-летнего Кемаля Айдогана, редактора газеты «Дениз постасы». Прокуратура просит 28 лет в обвинении на 1250 страницах против Айдогана.",
            ),
            (
                "kk",
                "Стамбұлда редактор Кемал Айдоған қамалды",
                "Стамбұлда сот сейсенбіде «Дениз постасы» газетінің редакторы, 52 жастағы Кемал Айдоғанды қамады. Прокуратура Айдоғанға қарсы 1250 беттік айыпта 28 жыл сұрайды.",
            ),
            (
                "fr",
                "Un tribunal d'Istanbul écroue le rédacteur Kemal Aydogan",
                "Un tribunal d'Istanbul a écroué mardi Kemal Aydogan, 52 ans, rédacteur de Deniz Postasi. Le parquet demande 28 ans dans un acte d'accusation de 1 250 pages contre Aydogan.",
            ),
            (
                "es",
                "Un tribunal de Estambul encarcela al editor Kemal Aydogan",
                "Un tribunal de Estambul encarceló el martes a Kemal Aydogan, de 52 años, editor de Deniz Postasi. La fiscalía pide 28 años en una acusación de 1.250 páginas contra Aydogan.",
            ),
            (
                "ar",
                "محكمة في إسطنبول تسجن رئيس التحرير كمال أيدوغان",
                "سجنت محكمة في إسطنبول يوم الثلاثاء كمال أيدوغان، 52 عاما، رئيس تحرير صحيفة دنيز بوستاسي. وتطلب النيابة 28 عاما في لائحة اتهام من 1250 صفحة ضد أيدوغان.",
            ),
            (
                "fa",
                "دادگاه استانبول کمال آیدوغان سردبیر را زندانی کرد",
                "دادگاهی در استانبول روز سه‌شنبه کمال آیدوغان ۵۲ ساله سردبیر دنیز پستاسی را زندانی کرد. دادستانی در کیفرخواست ۱۲۵۰ صفحه‌ای برای آیدوغان ۲۸ سال خواسته است.",
            ),
            (
                "tr",
                "İstanbul'da mahkeme yayın yönetmeni Kemal Aydoğan'ı tutukladı",
                "İstanbul'da bir mahkeme salı günü Deniz Postası'nın 52 yaşındaki yayın yönetmeni Kemal Aydoğan'ı tutukladı. Savcılık Aydoğan için 1.250 sayfalık iddianamede 28 yıl istiyor.",
            ),
            (
                "uk",
                "Суд у Стамбулі заарештував редактора Кемаля Айдогана",
                "Суд у Стамбулі у вівторок заарештував 52-річного Кемаля Айдогана, редактора газети «Деніз постаси». Прокуратура просить 28 років в обвинуваченні на 1250 сторінках проти Айдогана.",
            ),
        ],
    },
    Told {
        country: "TR",
        places: ISTANBUL,
        reports: &[
            (
                "en",
                "Istanbul court jails cartoonist Defne Karatas",
                "A court in Istanbul on Tuesday jailed Defne Karatas, 34, who draws for the magazine Limon Kabugu, pending trial. Some 2,300 readers signed for Karatas.",
            ),
            (
                "ru",
                "Суд в Стамбуле арестовал карикатуристку Дефне Караташ",
                "Суд в Стамбуле во вторник арестовал 34-летнюю Дефне Караташ, которая рисует для журнала «Лимон кабугу». За Караташ подписались 2300 читателей.",
            ),
            (
                "fr",
                "Un tribunal d'Istanbul écroue la dessinatrice Defne Karatas",
                "Un tribunal d'Istanbul a écroué mardi Defne Karatas, 34 ans, qui dessine pour le magazine Limon Kabugu. Quelque 2 300 lecteurs ont signé pour Karatas.",
            ),
            (
                "es",
                "Un tribunal de Estambul encarcela a la dibujante Defne Karatas",
                "Un tribunal de Estambul encarceló el martes a Defne Karatas, de 34 años, que dibuja para la revista Limon Kabugu. Unos 2.300 lectores firmaron por Karatas.",
            ),
            (
                "ar",
                "محكمة في إسطنبول تسجن الرسامة دفنة كاراتاش",
                "سجنت محكمة في إسطنبول يوم الثلاثاء دفنة كاراتاش، 34 عاما، التي ترسم لمجلة ليمون كابوغو. ووقع 2300 قارئ من أجل كاراتاش.",
            ),
            (
                "fa",
                "دادگاه استانبول دفنه کاراتاش کاریکاتوریست را زندانی کرد",
                "دادگاهی در استانبول روز سه‌شنبه دفنه کاراتاش ۳۴ ساله را که برای مجله لیمون کابوغو می‌کشد زندانی کرد. ۲۳۰۰ خواننده برای کاراتاش امضا کردند.",
            ),
            (
                "tr",
                "İstanbul'da mahkeme çizer Defne Karataş'ı tutukladı",
                "İstanbul'da bir mahkeme salı günü Limon Kabuğu dergisine çizen 34 yaşındaki Defne Karataş'ı tutukladı. Karataş için 2.300 okur imza verdi.",
            ),
            (
                "uk",
                "Суд у Стамбулі заарештував карикатуристку Дефне Караташ",
                "Суд у Стамбулі у вівторок заарештував 34-річну Дефне Караташ, яка малює для журналу «Лимон кабугу». За Караташ підписалися 2300 читачів.",
            ),
        ],
    },
];

/// Pairs of reports: of one event and found so, of one event, found to be of one.
#[derive(Debug, Default)]
struct Pairs {
    right: usize,
    one_event: usize,
    found: usize,
}

/// Reads all reports, those of one language after those of another, from the given one on.
fn measured(first: usize) -> (Pairs, Vec<String>) {
    let languages = ["en", "ru", "kk", "fr", "es", "ar", "zh", "fa", "tr", "uk"];
    let (mut drafts, mut known) = (Vec::new(), Vec::new());
    for place in 0..languages.len() {
        let wanted = languages[(first + place) % languages.len()];
        for (number, event) in EVENTS.iter().enumerate() {
            for (language, title, text) in event.reports.iter().filter(|(language, ..)| *language == wanted) {
                drafts.push(draft(title, text, 0, Some(event.country), event.places));
                known.push((number, *language));
            }
        }
    }
    let clusters: Vec<usize> = read(&drafts).into_iter().map(|(_, cluster)| cluster).collect();
    let (mut pairs, mut wrong) = (Pairs::default(), Vec::new());
    for one in 0..known.len() {
        for other in one + 1..known.len() {
            let (event, cluster) = (known[one].0 == known[other].0, clusters[one] == clusters[other]);
            pairs.one_event += usize::from(event);
            pairs.found += usize::from(cluster);
            pairs.right += usize::from(event && cluster);
            if event != cluster {
                let fault = if event { "apart" } else { "joined" };
                wrong.push(format!("{fault}: {} {} and {} {}", known[one].1, known[one].0, known[other].1, known[other].0));
            }
        }
    }
    (pairs, wrong)
}

/// Orders that begin with these languages, whose scripts have capital letters; the rest begin with or soon reach those that have none.
const CASED_FIRST: usize = 5;

#[test]
fn reports_of_one_event_meet_across_languages_and_those_of_another_do_not() {
    for first in 0..10 {
        let (pairs, wrong) = measured(first);
        let (precision, recall) = (pairs.right as f64 / pairs.found.max(1) as f64, pairs.right as f64 / pairs.one_event as f64);
        // Scripts without capital letters do not find each other by names alone: an event that begins in them stays in several clusters.
        let least = if first < CASED_FIRST { 0.90 } else { 0.35 };
        assert!(precision >= 0.98 && recall >= least, "from {first}: precision {precision:.3}, recall {recall:.3}: {wrong:#?}");
    }
}
