//! Labels of stories of 3 kB in several languages: microseconds each, and the ratio to copying the story's words out, in one run.
//!
//! `cargo bench --bench labels`. Loading of the tables is timed apart.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench prints what it measured")]

use std::time::{Duration, Instant};

use presswatch::config::TopicsConfig;
use presswatch::model::Language;
use presswatch::understand::classify::Classifier;

/// A paragraph of each language; repeated to a story's length.
const PARAGRAPHS: &[(&str, &str)] = &[
    (
        "en",
        "ALMATY (Reuters) - Police in Kazakhstan detained the editor of a weekly on Monday, her lawyer said, a day after prosecutors in Moscow asked for her extradition. The Kremlin did not comment. ",
    ),
    (
        "ru",
        "В Бишкеке суд продлил арест двух журналистов, сообщила их защита. Представители посольства Германии и корреспонденты из Ташкента не были допущены в зал заседаний. ",
    ),
    (
        "tr",
        "Diyarbakır'da gözaltına alınan üç gazeteci Ankara'ya sevk edildi. Almanya'dan gelen gözlemciler duruşmayı izleyemedi, avukatlar Strazburg'a başvuracak. ",
    ),
    ("ar", "قررت محكمة في القاهرة تمديد حبس صحفي تونسي، وقال محاميه إن السلطات المصرية لم تسمح لممثلي السفارة بزيارته في السجن منذ الأسبوع الماضي. "),
    ("zh", "武汉一名公民记者被警方带走，其家属在北京向法院提出申诉。德国和美国驻华使馆表示关注，香港多家媒体报道了此事。"),
];
/// The length of a story.
const STORY_BYTES: usize = 3000;
const ROUNDS: u32 = 200;

fn main() {
    let start = Instant::now();
    let classifier = match Classifier::new(&TopicsConfig::default()) {
        Ok(classifier) => classifier,
        Err(problems) => {
            eprintln!("the built-in lexicon has {} faults", problems.len());
            std::process::exit(1);
        }
    };
    // The tables are indexed with the first story.
    classifier.classify("Peru", "Lima", &Language::undetermined(), None);
    println!("tables loaded in {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
    for (tag, paragraph) in PARAGRAPHS {
        let language = Language::parse(tag).unwrap_or_else(Language::undetermined);
        let story = paragraph.repeat(STORY_BYTES.div_ceil(paragraph.len()));
        let labeled = timed(|| classifier.classify(paragraph, &story, &language, None).countries.len());
        let copied = timed(|| story.split_whitespace().map(str::to_lowercase).map(|word| word.len()).sum());
        let per_story = labeled.as_secs_f64() / f64::from(ROUNDS);
        println!(
            "{tag}: {:.0} us a story of {} bytes, {:.1} times its words in lower case",
            per_story * 1e6,
            story.len(),
            labeled.as_secs_f64() / copied.as_secs_f64().max(1e-9)
        );
    }
}

fn timed(mut work: impl FnMut() -> usize) -> Duration {
    let start = Instant::now();
    for _ in 0..ROUNDS {
        std::hint::black_box(work());
    }
    start.elapsed()
}
