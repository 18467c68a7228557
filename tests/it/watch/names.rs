//! Names of persons in their forms and scripts, and namesakes. All persons are invented.

use presswatch::config::{SurnameAlone, Watchlist};

use super::{Text, meets, person, query, set, try_set};

#[track_caller]
fn check(persons: &[&str], language: &str, named: &[&str], others: &[&str]) {
    let set = set(vec![person(persons)]);
    let missed: Vec<&&str> = named.iter().filter(|text| !meets(&set, language, text)).collect();
    let wrong: Vec<&&str> = others.iter().filter(|text| meets(&set, language, text)).collect();
    assert!(missed.is_empty() && wrong.is_empty(), "{persons:?} in {language}: missed {missed:?}, wrongly met {wrong:?}");
}

#[test]
fn names_are_found_in_the_cases_of_their_language() {
    check(
        &["Марат Джубаев"],
        "ru",
        &[
            "Марата Джубаева",
            "Марату Джубаеву",
            "Маратом Джубаевым",
            "о Марате Джубаеве",
            "МАРАТ ДЖУБАЕВ",
            "Джубаеву Марату",
            "Марата Ильясовича Джубаева",
        ],
        &["Джубаев", "Марат", "Асет Джубаев", "Марат Джубанов", "Марат. Джубаев", "Марат Ким, Асет Джубаев", "марат джубаев", "Марат и Джубаев"],
    );
    check(
        &["Павел Рыжский", "Вера Лунёва"],
        "ru",
        &["Павла Рыжского", "Павлу Рыжскому", "Павлом Рыжским", "о Павле Рыжском", "Веры Лунёвой", "Вере Луневой", "Веру Лунёву", "с Верой Лунёвой"],
        &["Павел Лунёв", "Вера Рыжская", "Рыжский район", "Вера в Лунёву"],
    );
    check(
        &["Ольга Мироненко", "Гліб Корнійчук", "Ірина Вербицька"],
        "uk",
        &[
            "Ольги Мироненко",
            "Гліба Корнійчука",
            "Глібові Корнійчуку",
            "Глібом Корнійчуком",
            "Ірини Вербицької",
            "Ірині Вербицькій",
            "Ірину Вербицьку",
            "з Іриною Вербицькою",
        ],
        &["Ольга Корнійчук", "Гліб Мироненко"],
    );
    check(
        &["Янка Сцяпанаў", "Алена Гурыновіч"],
        "be",
        &["Янкі Сцяпанава", "Янку Сцяпанаву", "Алены Гурыновіч", "Алене Гурыновіч", "Аленай Гурыновіч"],
        &["Янка Гурыновіч"],
    );
    check(
        &["Ерлан Әбдіғалиев"],
        "kk",
        &["Ерлан Әбдіғалиевтің", "Ерлан Әбдіғалиевке", "Ерлан Әбдіғалиевті", "Ерлан Әбдіғалиевтен", "Ерлан Әбдіғалиевпен", "Ерлан Абдигалиев"],
        &["Ерлан Әбдірахманов", "Болат Әбдіғалиев"],
    );
    check(&["Азамат Ташиев"], "ky", &["Азамат Ташиевдин", "Азамат Ташиевге", "Азамат Ташиевди", "Азамат Ташиевден"], &["Азамат Ташев"]);
    check(&["Rustam Yo‘ldoshev"], "uz", &["Rustam Yo'ldoshevning", "Rustam Yoʻldoshevga", "Rustam Yo’ldoshevdan"], &["Rustam Yoldosh"]);
    check(
        &["Wojciech Kalinowski", "Agata Brzezicka"],
        "pl",
        &[
            "Wojciecha Kalinowskiego",
            "Wojciechowi Kalinowskiemu",
            "z Wojciechem Kalinowskim",
            "o Wojciechu Kalinowskim",
            "Agaty Brzezickiej",
            "Agacie Brzezickiej",
            "Agatę Brzezicką",
        ],
        &["Wojciech Brzezicki", "Kalinowski"],
    );
    check(
        &["Marek Hruška", "Jitka Poláčková"],
        "cs",
        &["Marka Hrušky", "Markovi Hruškovi", "Markem Hruškou", "Jitky Poláčkové", "Jitce Poláčkové", "Jitku Poláčkovou"],
        &["Marek Poláček"],
    );
    check(&["Nenad Vuković"], "sr", &["Nenada Vukovića", "Nenadu Vukoviću", "sa Nenadom Vukovićem"], &["Nenad Vuk"]);
    check(
        &["Tomas Vaitkus", "Rūta Zalytė", "Linas Petraitis"],
        "lt",
        &["Tomo Vaitkaus", "Tomui Vaitkui", "Rūtos Zalytės", "Rūtai Zalytei", "Lino Petraičio", "Linui Petraičiui", "Liną Petraitį"],
        &[],
    );
    check(&["Jānis Ozols", "Anna Liepiņa"], "lv", &["Jāņa Ozola", "Jānim Ozolam", "Annas Liepiņas", "Annai Liepiņai"], &["Jānis Liepiņš"]);
    check(&["Pekka Hämäläinen"], "fi", &["Pekka Hämäläisen", "Pekka Hämäläistä", "Pekka Hämäläiselle", "Pekka Hämäläisestä"], &["Pekka Hämäri"]);
    check(&["Ákos Veress"], "hu", &["Veress Ákost", "Veress Ákosnak", "Veress Ákossal", "Veress Ákosról"], &["Veress László"]);
    check(&["Deniz Korkmazer"], "tr", &["Deniz Korkmazer'in", "Deniz Korkmazer’e", "DENİZ KORKMAZER", "Deniz Korkmazerden"], &["Deniz Korkmaz"]);
    check(&["Elçin Nəsirli"], "az", &["Elçin Nəsirlinin", "Elçin Nəsirliyə", "Elçin Nəsirlidən"], &["Elçin Nəsirov"]);
    check(&["Νίκος Παππάς"], "el", &["του Νίκου Παππά", "τον Νίκο Παππά", "ΝΙΚΟΣ ΠΑΠΠΑΣ"], &["Νίκος Παππούς"]);
    check(&["ნინო კვარაცხელია"], "ka", &["ნინო კვარაცხელიას", "ნინო კვარაცხელიამ"], &["ნინო კვარაცხე"]);
    check(&["Արամ Գրիգորյան"], "hy", &["Արամ Գրիգորյանի", "Արամ Գրիգորյանին", "Արամ Գրիգորյանից"], &["Արամ Գրիգոր"]);
}

#[test]
fn names_are_found_in_scripts_without_case() {
    check(
        &["سالم الراشدي"],
        "ar",
        &["سالم الراشدي", "وسالم الراشدى", "لسالم الراشدي", "سالم أحمد الراشدي", "الراشدي سالم"],
        &["سالم الراشد", "سالم الحربي وخالد الراشدي", "خالد الراشدي"],
    );
    check(&["نسرین گل‌کار"], "fa", &["نسرین گل‌کار", "نسرین گل کار", "نسرین گلکار"], &["نسرین کار"]);
    check(&["נועם בר־לב"], "he", &["נועם בר-לב", "לנועם בר לב", "ונועם בר־לב"], &["דן בר־לב"]);
    check(&["陈大川"], "zh", &["记者陈大川被捕", "陈大川。"], &["陈大", "陈川大"]);
    check(&["한지우"], "ko", &["한지우가", "한지우 씨는", "한지우씨의"], &["한지"]);
    check(&["አበበ ገብረማርያም"], "am", &["የአበበ ገብረማርያም", "አበበ ገብረማርያምን"], &["አበበ ተስፋዬ"]);
}

#[test]
fn names_are_found_in_the_romanizations_of_the_news() {
    check(
        &["Юрий Щукарёв"],
        "en",
        &[
            "Yury Shchukaryov",
            "Yuri Shchukarev",
            "Iurii Shchukarev",
            "Jurij Ščukarëv",
            "Juri Schtschukarjow",
            "Iouri Chtchoukariov",
            "Jurij Szczukariow",
            "Y. Shchukarev",
            "Yu. Shchukarev",
        ],
        &["Yury Shukarov", "Olga Shchukareva"],
    );
    check(&["Yerzhan Zhumabekov"], "ru", &["Ержана Жумабекова", "Жумабекову Ержану"], &["Ержан Жумабаев"]);
    check(&["Yerzhan Zhumabekov"], "de", &["Jerschan Schumabekow", "Jerschan Schumabekows"], &[]);
    check(&["Zeynep Öztürker"], "en", &["Zeynep Ozturker", "Zeynep Oeztuerker"], &[]);
    check(&["Ганна Їжакевич"], "en", &["Hanna Yizhakevych", "Hanna Izhakevych"], &["Anna Jakewitsch"]);
    check(&["გიორგი მაჭარაშვილი"], "ru", &["Гиорги Мачарашвили"], &[]);
}

#[test]
fn initials_are_those_of_the_given_name() {
    check(
        &["Марат Джубаев"],
        "ru",
        &["М. Джубаев", "М.Джубаев", "Джубаеву М.", "М. И. Джубаев", "М.И. Джубаева", "Джубаев М. И."],
        &["А. Джубаев", "А. М. Джубаев", "м Джубаев", "Джубаев А. М.", "М Джубаев"],
    );
    check(
        &["Jean-Luc de Brissac"],
        "fr",
        &["J.-L. de Brissac", "J. de Brissac", "Jean Luc de Brissac"],
        &["P. de Brissac", "Jean-Marc de Brissac", "Luc de Brissac"],
    );
    let mut without = person(&["Марат Джубаев"]);
    without.persons[0].variants.initials = false;
    assert!(!meets(&set(vec![without]), "ru", "М. Джубаев"));
}

#[test]
fn middle_names_particles_and_second_surnames_have_their_rules() {
    check(
        &["Salem bin Rashid al-Harbi"],
        "en",
        &["Salem bin Rashid al-Harbi", "Salem ibn Rashid Al-Harbi", "Salem al-Harbi", "Salem El Harbi", "Salem Alharbi"],
        &["Salem bin Khalid al-Harbi", "Salem al-Harby", "Rashid al-Harbi"],
    );
    check(
        &["Lucía Fuentes Quiroga"],
        "es",
        &["Lucía Fuentes", "Lucia Fuentes Quiroga", "Lucía Fuentes-Quiroga", "L. Fuentes Quiroga"],
        &["Lucía Quiroga Paz", "Marta Fuentes Quiroga"],
    );
    check(&["Ko Min Latt"], "en", &["Ko Min Latt"], &["Ko Min Thu", "Ko Latt"]);
    check(&["Anna Kowalska-Nowak"], "pl", &["Anny Kowalskiej-Nowak"], &["Anna Nowak", "Anna Kowalska-Wójcik"]);
    check(&["Oleg Zharov"], "en", &["Oleg Zharov"], &["Oleg Zharov-Petrov", "Jan-Oleg Petrov"]);
}

fn with_context(names: &[&str]) -> Watchlist {
    let mut list = person(names);
    list.persons[0].context = Some((query("court OR police"), 5));
    list.persons[0].context_required = true;
    list
}

#[test]
fn a_context_is_required_near_the_name_and_in_its_field() {
    let set = set(vec![with_context(&["Mardonius"])]);
    assert!(meets(&set, "en", "A court heard Mardonius on Monday."));
    assert!(!meets(&set, "en", "A court sat. Far away, long ago, in another town, Mardonius sang."));
    assert!(Text::new("en", "A court sat", "Mardonius sang.").matches(&set).is_empty());
}

#[test]
fn a_name_of_one_word_without_a_required_context_is_a_warning() {
    let warnings = |list| try_set(Vec::new(), vec![list]).unwrap().1;
    let shown = warnings(person(&["Mardonius"]));
    assert_eq!(shown.len(), 1);
    assert!(shown[0].message.contains("p-1") && !shown[0].to_string().contains("Mardonius"), "{shown:?}");
    assert!(warnings(with_context(&["Mardonius"])).is_empty() && warnings(person(&["陈大川"])).is_empty());
}

#[test]
fn a_surname_alone_needs_its_context_and_no_other_given_name() {
    let mut list = person(&["Марат Джубаев"]);
    list.persons[0].surname_alone = Some(SurnameAlone { require_near: query("Караганда OR Казахстан"), within: 8 });
    let set = set(vec![list]);
    for (text, expect) in [
        ("Джубаева задержали в Караганде.", true),
        ("В Караганде суд арестовал Джубаева.", true),
        ("Джубаева задержали в Праге.", false),
        ("В Караганде суд арестовал Асета Джубаева.", false),
        ("В Караганде суд арестовал А. Джубаева.", false),
    ] {
        assert_eq!(meets(&set, "ru", text), expect, "{text}");
    }
}

#[test]
fn a_restricted_list_names_its_person_by_reference_alone() {
    let mut list = person(&["Марат Джубаев"]);
    list.restricted = true;
    list.query = query("$persons OR \"тайное слово\"");
    let found = Text::new("ru", "Марата Джубаева задержали", "Это тайное слово.").matches(&set(vec![list]));
    let rules: Vec<&str> = found[0].evidence.iter().map(|place| place.rule.as_str()).collect();
    assert_eq!(rules, ["person p-1 full name", "term"]);
}
