//! What a change of lists would have found: two sets held against the same stories.
//!
//! Enters: stories one after another, with what each set meets. Leaves: for every list how many it finds, how many the former one finds, and
//! which stories are new or gone. Deliberately absent: where the stories come from, how long it may take.

use std::collections::BTreeMap;

use crate::model::{StoryId, WatchlistId};
use crate::watch::{Document, WatchlistSet};

/// Most stories that are named of each sort.
const NAMED: usize = 50;

/// One list before and after.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListPreview {
    /// Stories that the list finds.
    pub found: usize,
    /// Stories that the former list finds.
    pub found_before: usize,
    pub new: usize,
    pub gone: usize,
    /// Id and headline of the first stories found, new and gone; at most 50 of each.
    pub stories: Vec<(StoryId, String)>,
    pub new_stories: Vec<(StoryId, String)>,
    pub gone_stories: Vec<(StoryId, String)>,
}

/// All lists of two sets before and after.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preview {
    /// Stories looked at.
    pub stories: usize,
    pub lists: BTreeMap<String, ListPreview>,
}

impl Preview {
    /// A preview of nothing yet, with a line for every list of both sets.
    pub fn new(candidate: &WatchlistSet, former: &WatchlistSet) -> Self {
        let lists = candidate.list_ids().chain(former.list_ids()).map(|id| (id.to_string(), ListPreview::default())).collect();
        Self { stories: 0, lists }
    }

    /// Holds both sets against a story.
    pub fn see(&mut self, candidate: &WatchlistSet, former: &WatchlistSet, story: StoryId, document: &Document<'_>) {
        self.stories += 1;
        let (now, before) = candidate.ids_of_both(former, document);
        let named = |list: &mut Vec<(StoryId, String)>| {
            if list.len() < NAMED {
                list.push((story, document.title.to_owned()));
            }
        };
        for id in &now {
            let list = self.list(id);
            list.found += 1;
            named(&mut list.stories);
            if !before.contains(id) {
                list.new += 1;
                named(&mut list.new_stories);
            }
        }
        for id in before {
            let list = self.list(id);
            list.found_before += 1;
            if !now.contains(&id) {
                list.gone += 1;
                named(&mut list.gone_stories);
            }
        }
    }

    /// Adds what another look at other stories found.
    pub fn add(&mut self, other: Self) {
        self.stories += other.stories;
        for (id, more) in other.lists {
            let list = self.lists.entry(id).or_default();
            list.found += more.found;
            list.found_before += more.found_before;
            list.new += more.new;
            list.gone += more.gone;
            for (all, some) in
                [(&mut list.stories, more.stories), (&mut list.new_stories, more.new_stories), (&mut list.gone_stories, more.gone_stories)]
            {
                all.extend(some);
                all.truncate(NAMED);
            }
        }
    }

    fn list(&mut self, id: &WatchlistId) -> &mut ListPreview {
        self.lists.entry(id.to_string()).or_default()
    }
}
