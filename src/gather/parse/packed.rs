//! Feeds that were stored compressed and are served without saying so.

use std::io::Read;

use flate2::read::MultiGzDecoder;

const MAGIC: [u8; 2] = [0x1F, 0x8B];
/// As much as a feed may have at all by default.
const LIMIT_BYTES: u64 = 10 * 1024 * 1024;

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

    use super::unpack;

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
}
