//! Questions about a parsed query.

use crate::watch::query::Node;

/// How often `$persons` stands in it.
pub(super) fn count_persons(node: &Node<'_>) -> usize {
    match node {
        Node::And(parts) | Node::Or(parts) => parts.iter().map(count_persons).sum(),
        Node::Without(one, other) => count_persons(one) + count_persons(other),
        Node::Near(near) => count_persons(&near.left) + count_persons(&near.right),
        Node::In(_, inner) => count_persons(inner),
        Node::Persons => 1,
        Node::Term(_) | Node::Group { .. } | Node::Language(_) | Node::Country(_) | Node::Topic(_) => 0,
    }
}

/// Whether it says places only, which something else can stand near.
pub(super) fn has_places_only(node: &Node<'_>) -> bool {
    match node {
        Node::Or(parts) => parts.iter().all(has_places_only),
        Node::In(_, inner) => has_places_only(inner),
        Node::Near(_) | Node::Term(_) => true,
        _ => false,
    }
}
