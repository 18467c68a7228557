//! From a page to its article: text, headline, authors, dates.
