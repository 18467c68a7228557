//! Lithuanian and Latvian.

use crate::watch::forms::{Lemma, Tail, add};

type Out = Vec<(String, Tail)>;

/// Lithuanian. Marks fold away: ą is a, ų is u, ė is e.
pub fn lithuanian(lemma: &Lemma, out: &mut Out) {
    let two = lemma.without(2);
    let one = lemma.without(1);
    if lemma.ends("ias") {
        add(out, lemma.without(3), "ias io iui ia iu yje y iai iams ius iais iuose au e i");
    } else if lemma.ends("as") {
        add(out, two, "as o ui a u e ai ams us ais uose");
    } else if lemma.ends("is|ys") {
        const SOFT: &str = "io iui iu yje iai iams ius iais iuose ia";
        add(out, two.clone(), "is ys i y ies iai io iui iu yje iai iams ius iais iuose imi ims yse imis ies");
        for (hard, soft) in [('t', "c"), ('d', "dz")] {
            if two.ends_with(hard) {
                add(out, format!("{}{soft}", &two[..two.len() - 1]), SOFT);
            }
        }
    } else if lemma.ends("us") {
        add(out, two, "us aus ui u umi uje au iai us ums umis uose iaus iui iumi iuje");
    } else if lemma.ends("a") {
        add(out, one, "a os ai oje o u oms as omis ose");
    } else if lemma.ends("e") {
        add(out, one, "e es ei eje iu ems emis ese");
    } else if lemma.ends("uo") {
        add(out, two, "uo ens eniui eni eniu enyje enys enu enims enis enimis enyse ers eriai eri erys eru");
    } else {
        add(out, lemma.folded.clone(), "_ as o ui u e a ai ams us ais uose is io iui iu");
    }
}

/// Latvian. Marks fold away: ā is a, ņ is n, š is s.
pub fn latvian(lemma: &Lemma, out: &mut Out) {
    let two = lemma.without(2);
    let one = lemma.without(1);
    if lemma.ends("is") {
        const SOFT: &str = "a u i us iem os am";
        add(out, two.clone(), "is a im i u us iem os");
        for (hard, soft) in [('t', "s"), ('d', "z"), ('c', "c")] {
            if two.ends_with(hard) {
                add(out, format!("{}{soft}", &two[..two.len() - 1]), SOFT);
            }
        }
    } else if lemma.ends("us") {
        add(out, two, "us u um i iem os");
    } else if lemma.ends("s") {
        add(out, one, "s a am u i us iem os is im");
    } else if lemma.ends("a") {
        add(out, one, "a as ai u am i os");
    } else if lemma.ends("e") {
        add(out, one.clone(), "e es ei i u em es");
        for (hard, soft) in [('t', "s"), ('d', "z")] {
            if one.ends_with(hard) {
                add(out, format!("{}{soft}", &one[..one.len() - 1]), "u");
            }
        }
    } else {
        add(out, lemma.folded.clone(), "_ s a am u i us iem os");
    }
}
