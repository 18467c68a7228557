//! Greek, Armenian, Georgian.

use std::sync::LazyLock;

use crate::watch::forms::{Lemma, Tail, add, join_endings};

type Out = Vec<(String, Tail)>;

/// Greek.
pub fn greek(lemma: &Lemma, out: &mut Out) {
    let one = lemma.without(1);
    let two = lemma.without(2);
    if lemma.ends("οσ") {
        add(out, two, "οσ ου ο ε οι ων ουσ η εσ α");
    } else if lemma.ends("ασ") {
        add(out, two, "ασ α εσ ων ου αδεσ αδων");
    } else if lemma.ends("ησ") {
        add(out, two, "ησ η εσ ων ου ηδεσ εισ εων");
    } else if lemma.ends("μα") {
        add(out, lemma.folded.clone(), "_ τοσ τα των");
    } else if lemma.ends("α") {
        add(out, one, "α ασ εσ ων");
    } else if lemma.ends("η") {
        add(out, one, "η ησ εισ εων εσ ων εωσ");
    } else if lemma.ends("ι") {
        add(out, lemma.folded.clone(), "_ ου α ων");
    } else if lemma.ends("ο") {
        add(out, one, "ο ου α ων");
    } else if lemma.ends("ου") {
        add(out, one, "υ");
    }
}

/// Armenian.
pub fn armenian(lemma: &Lemma, out: &mut Out) {
    const CASES: &str = "_ ը ն ի ին ից ով ում ու ուն ուց իս իդ ներ ները ներն ների ներին ներից ներով ներում եր երը երն երի երին երից երով երում ս դ";
    add(out, lemma.folded.clone(), CASES);
    if lemma.last() == 'ի' {
        add(out, lemma.without(1), "ի ու ուն ուց ին ով ներ");
    }
}

static KA: LazyLock<String> = LazyLock::new(|| {
    let cases = ["", "ი", "მა", "მ", "ს", "სა", "ის", "ისა", "ით", "ითა", "ად", "ო", "დ", "თი", "ვ", "სი"];
    let particles = ["", "თან", "ში", "ზე", "თვის", "გან", "კენ", "ც", "ვე", "მდე", "ა"];
    let mut all = Vec::new();
    for plural in ["", "ებ", "ნ"] {
        for case in cases {
            all.extend(particles.iter().map(|particle| format!("{plural}{case}{particle}")));
        }
    }
    join_endings(all)
});

/// Georgian.
pub fn georgian(lemma: &Lemma, out: &mut Out) {
    match lemma.last() {
        'ი' => add(out, lemma.without(1), &KA),
        'ა' | 'ე' => {
            add(out, lemma.folded.clone(), &KA);
            add(out, lemma.without(1), "ის ისთვის ისგან ისკენ ით ებ ები ების ებს ებმა ებით");
        }
        _ => add(out, lemma.folded.clone(), &KA),
    }
}
