//! French, Spanish, Portuguese, Italian, Romanian.

use crate::watch::forms::{Lemma, Tail, add, add_word};

type Out = Vec<(String, Tail)>;

/// French.
pub fn french(lemma: &Lemma, out: &mut Out) {
    let word = lemma.folded.clone();
    if lemma.ends("al") {
        add(out, lemma.without(2), "al aux ale ales");
    } else if lemma.ends("er") && lemma.letters.len() > 4 {
        add(out, lemma.without(2), "er e es ee ees ent ait aient ant era eront a ons ez");
    } else if lemma.ends("eau|eu|au") {
        add(out, word, "_ x s");
    } else if lemma.ends("e") && lemma.lower.ends_with('é') {
        add(out, word, "_ s e es");
    } else if lemma.ends("s|x|z") {
        add(out, word, "_ e es");
    } else if lemma.ends("f") {
        add(out, lemma.without(1), "f fs ve ves");
    } else {
        add(out, word, "_ s");
        if lemma.ends("ant|ent|ain|ais|ois|ien|on|if|it|at|e") {
            add(out, lemma.folded.clone(), "_ s e es ne nes");
        }
    }
}

/// Spanish, Galician, Asturian, Catalan.
pub fn spanish(lemma: &Lemma, out: &mut Out) {
    let one = lemma.without(1);
    match lemma.last() {
        'z' => add(out, one, "z ces"),
        'o' => add(out, one, "o os a as"),
        'a' | 'e' | 'i' | 'u' => add(out, lemma.folded.clone(), "_ s es"),
        's' | 'x' => add(out, lemma.folded.clone(), "_ es"),
        'r' if lemma.ends("ar") && lemma.letters.len() > 4 => {
            add(out, lemma.folded.clone(), "_ es");
            add(out, lemma.without(2), "ar o a as an amos aron aba aban ado ada ados adas ando ara aran e en");
        }
        'r' if lemma.ends("er|ir") && lemma.letters.len() > 4 => {
            add(out, lemma.folded.clone(), "_ es");
            add(out, lemma.without(2), "er ir e en io ieron ia ian ido ida idos idas iendo a an o");
        }
        _ => add(out, lemma.folded.clone(), "_ es a as s"),
    }
}

/// Portuguese.
pub fn portuguese(lemma: &Lemma, out: &mut Out) {
    if lemma.ends("ao") {
        add(out, lemma.without(2), "ao oes aes aos a as");
    } else if lemma.ends("al|el|ol|ul") {
        add(out, lemma.without(1), "l is");
    } else if lemma.ends("il") {
        add(out, lemma.without(2), "il is eis");
    } else if lemma.ends("m") {
        add(out, lemma.without(1), "m ns");
    } else {
        spanish(lemma, out);
    }
}

/// Italian.
pub fn italian(lemma: &Lemma, out: &mut Out) {
    let one = lemma.without(1);
    match lemma.last() {
        'o' => add(out, one.clone(), "o i a e hi he"),
        'a' => add(out, one.clone(), "a e i he hi"),
        'e' => add(out, one.clone(), "e i"),
        _ => {}
    }
    if lemma.ends("io|ia") {
        add(out, lemma.without(2), "io i ia ie e");
    }
    if lemma.ends("are|ere|ire") && lemma.letters.len() > 5 {
        add(out, lemma.without(3), "are ere ire o a e ano ono ato ata ati ate ito ita iti ite uto uta uti ute ando endo ava avano");
    }
}

/// Romanian.
pub fn romanian(lemma: &Lemma, out: &mut Out) {
    let one = lemma.without(1);
    match lemma.last() {
        'a' => {
            add(out, one.clone(), "a e ei i ii ilor ele elor o le lor");
            add_word(out, format!("{one}ua"));
        }
        'e' => add(out, one, "e ea i ii ile ilor le lui ei"),
        'u' => add(out, one, "u ul ului i ii ilor uri urile urilor ule"),
        _ => {
            add(out, lemma.folded.clone(), "_ ul ului i ii ilor uri urile urilor e ele elor ule a");
            for (hard, soft) in [('t', "t"), ('d', "z"), ('s', "s")] {
                if lemma.last() == hard {
                    add(out, format!("{one}{soft}"), "i ii ilor");
                }
            }
        }
    }
}
