//! Feeds that were stored compressed and are served without saying so.

use std::io::Read;

use flate2::read::MultiGzDecoder;

const MAGIC: [u8; 2] = [0x1F, 0x8B];
/// As much as a feed may have at all by default.
const LIMIT_BYTES: u64 = 10 * 1024 * 1024;

/// The content of a gzip file, as much of it as a document may hold, and whether that is all. `None` when it is none.
pub(super) fn unpack_beginning(bytes: &[u8]) -> Option<(Vec<u8>, bool)> {
    if !bytes.starts_with(&MAGIC) {
        return None;
    }
    let mut unpacked = Vec::new();
    // What stands before a damage is read.
    let ended = MultiGzDecoder::new(bytes).take(LIMIT_BYTES).read_to_end(&mut unpacked).is_ok();
    let is_whole = ended && (unpacked.len() as u64) < LIMIT_BYTES;
    Some((unpacked, is_whole))
}

/// The content of a gzip file, once: what is inside of that is not unpacked. `None` when it is none, or larger than any feed.
pub(super) fn unpack(bytes: &[u8]) -> Option<Vec<u8>> {
    if !bytes.starts_with(&MAGIC) {
        return None;
    }
    let mut unpacked = Vec::new();
    MultiGzDecoder::new(bytes).take(LIMIT_BYTES + 1).read_to_end(&mut unpacked).ok()?;
    (unpacked.len() as u64 <= LIMIT_BYTES).then_some(unpacked)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::{unpack, unpack_beginning};

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut out = GzEncoder::new(Vec::new(), Compression::best());
        out.write_all(bytes).unwrap();
        out.finish().unwrap()
    }

    #[test]
    fn a_compressed_feed_is_unpacked_and_a_bomb_is_not() {
        assert_eq!(unpack(&packed(b"<rss/>")).as_deref(), Some(&b"<rss/>"[..]));
        assert_eq!(unpack(b"<rss/>"), None);
        assert_eq!(unpack(&packed(b"<rss/>")[..10]), None);
        assert_eq!(unpack(&packed(&vec![b' '; 11 << 20])), None);
    }

    #[test]
    fn of_a_long_or_damaged_file_the_beginning_is_unpacked() {
        assert_eq!(unpack_beginning(&packed(b"<urlset/>")), Some((b"<urlset/>".to_vec(), true)));
        assert_eq!(unpack_beginning(b"<urlset/>"), None);
        let (bomb, is_whole) = unpack_beginning(&packed(&vec![b' '; 11 << 20])).unwrap();
        assert_eq!((bomb.len(), is_whole), (10 << 20, false));
        let text: Vec<u8> = (0..200_000u32).flat_map(|number| format!("<loc>{}</loc>", number.wrapping_mul(2_654_435_761)).into_bytes()).collect();
        let file = packed(&text);
        let (beginning, is_whole) = unpack_beginning(&file[..file.len() / 2]).unwrap();
        assert!(!is_whole && beginning.len() > 1000 && text.starts_with(&beginning));
    }
}
