//! Unpacks a body while it streams in, and stops at its limit.
//!
//! The client's own decompression is off: it hides the transferred size, without which a bomb cannot be told from a large body.
//! Asked for and understood are gzip and deflate, which every server that compresses at all can send.

use std::io::{self, Write};

use flate2::write::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

use crate::net::error::NetError;

/// Above this many times its transferred size nothing is unpacked any further. Real feeds reach 20.
const RATIO_LIMIT: usize = 100;
/// Small bodies may be as repetitive as they like.
const RATIO_FREE_BYTES: usize = 1024 * 1024;

/// What happens to a body beyond its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Overflow {
    Refuse,
    /// Keeps the first bytes: enough to tell what an error page says.
    Truncate,
}

/// Collects a body of the given coding.
pub(super) struct BodyReader {
    decoder: Decoder,
    received: usize,
    limit: usize,
    overflow: Overflow,
}

enum Decoder {
    Identity(Sink),
    Gzip(MultiGzDecoder<Sink>),
    /// "deflate" means zlib (RFC 9110, 8.4.1.2), but some servers send it bare: the first byte decides.
    Deflate(Sink),
    Zlib(ZlibDecoder<Sink>),
    Bare(DeflateDecoder<Sink>),
}

impl BodyReader {
    /// Takes the value of Content-Encoding.
    ///
    /// # Errors
    /// The name of a coding that was not asked for.
    pub fn new(coding: &str, limit: usize, overflow: Overflow) -> Result<Self, String> {
        let sink = Sink { bytes: Vec::new(), limit };
        let decoder = match coding.trim().to_ascii_lowercase().as_str() {
            "" | "identity" | "none" => Decoder::Identity(sink),
            "gzip" | "x-gzip" => Decoder::Gzip(MultiGzDecoder::new(sink)),
            "deflate" => Decoder::Deflate(sink),
            other => return Err(format!("the body is coded as {other:?}, which was not asked for")),
        };
        Ok(Self { decoder, received: 0, limit, overflow })
    }

    /// Takes the next piece. False: the limit is reached, and what is there is all that is wanted.
    pub fn push(&mut self, piece: &[u8]) -> Result<bool, Fault> {
        self.received += piece.len();
        let is_identity = matches!(self.decoder, Decoder::Identity(_));
        if let Decoder::Deflate(sink) = &mut self.decoder {
            let sink = Sink { bytes: std::mem::take(&mut sink.bytes), limit: sink.limit };
            let is_zlib = piece.first().is_some_and(|byte| byte & 0x0f == 8 && byte >> 4 <= 7);
            self.decoder = if is_zlib { Decoder::Zlib(ZlibDecoder::new(sink)) } else { Decoder::Bare(DeflateDecoder::new(sink)) };
        }
        let result = match &mut self.decoder {
            Decoder::Identity(sink) | Decoder::Deflate(sink) => sink.write_all(piece),
            Decoder::Gzip(decoder) => write_until_end(decoder, piece),
            Decoder::Zlib(decoder) => write_until_end(decoder, piece),
            Decoder::Bare(decoder) => write_until_end(decoder, piece),
        };
        let unpacked = self.sink().bytes.len();
        if let Err(error) = result {
            if unpacked >= self.limit {
                return if self.overflow == Overflow::Truncate { Ok(false) } else { Err(Fault::Net(NetError::TooLarge { limit: self.limit })) };
            }
            // Trailing bytes after the last gzip member are common and harmless.
            let is_trailer = unpacked > 0 && error.kind() == io::ErrorKind::InvalidInput && matches!(self.decoder, Decoder::Gzip(_));
            return if is_trailer { Ok(false) } else { Err(Fault::Corrupt(error.to_string())) };
        }
        if !is_identity && unpacked > RATIO_FREE_BYTES && unpacked / self.received.max(1) > RATIO_LIMIT {
            return Err(Fault::Net(NetError::Bomb { ratio: RATIO_LIMIT }));
        }
        Ok(true)
    }

    /// The body; `complete` is false when reading stopped at the limit.
    pub fn finish(mut self, complete: bool) -> Result<Vec<u8>, Fault> {
        let ended = match &mut self.decoder {
            _ if !complete => Ok(()),
            Decoder::Identity(_) | Decoder::Deflate(_) => Ok(()),
            Decoder::Gzip(decoder) => decoder.try_finish(),
            Decoder::Zlib(decoder) => decoder.try_finish(),
            Decoder::Bare(decoder) => decoder.try_finish(),
        };
        let sink = self.sink();
        if let Err(error) = ended
            && self.received > 0
        {
            if sink.bytes.len() < self.limit {
                return Err(Fault::Corrupt(error.to_string()));
            }
            if self.overflow == Overflow::Refuse {
                return Err(Fault::Net(NetError::TooLarge { limit: self.limit }));
            }
        }
        Ok(std::mem::take(&mut self.sink_mut().bytes))
    }

    fn sink(&self) -> &Sink {
        match &self.decoder {
            Decoder::Identity(sink) | Decoder::Deflate(sink) => sink,
            Decoder::Gzip(decoder) => decoder.get_ref(),
            Decoder::Zlib(decoder) => decoder.get_ref(),
            Decoder::Bare(decoder) => decoder.get_ref(),
        }
    }

    fn sink_mut(&mut self) -> &mut Sink {
        match &mut self.decoder {
            Decoder::Identity(sink) | Decoder::Deflate(sink) => sink,
            Decoder::Gzip(decoder) => decoder.get_mut(),
            Decoder::Zlib(decoder) => decoder.get_mut(),
            Decoder::Bare(decoder) => decoder.get_mut(),
        }
    }
}

/// Why a body cannot be read.
#[derive(Debug)]
pub(super) enum Fault {
    Net(NetError),
    Corrupt(String),
}

/// Holds at most `limit` bytes and refuses the rest.
struct Sink {
    bytes: Vec<u8>,
    limit: usize,
}

impl Write for Sink {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let room = self.limit.saturating_sub(self.bytes.len());
        if room == 0 && !piece.is_empty() {
            return Err(io::Error::other("the body is larger than its limit"));
        }
        let taken = piece.len().min(room);
        self.bytes.extend_from_slice(piece.get(..taken).unwrap_or_default());
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// As `write_all`, but a decoder that reached the end of its stream ignores what follows.
fn write_until_end(decoder: &mut impl Write, mut piece: &[u8]) -> io::Result<()> {
    while !piece.is_empty() {
        let taken = decoder.write(piece)?;
        if taken == 0 {
            break;
        }
        piece = piece.get(taken..).unwrap_or_default();
    }
    decoder.flush()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::{BodyReader, Fault, Overflow};
    use crate::net::NetError;

    fn read(coding: &str, packed: &[u8], limit: usize, overflow: Overflow) -> Result<Vec<u8>, Fault> {
        let mut reader = BodyReader::new(coding, limit, overflow).unwrap();
        let mut complete = true;
        for piece in packed.chunks(777) {
            if !reader.push(piece)? {
                complete = false;
                break;
            }
        }
        reader.finish(complete)
    }

    fn packed(coding: &str, bytes: &[u8]) -> Vec<u8> {
        match coding {
            "gzip" => {
                let mut out = GzEncoder::new(Vec::new(), Compression::best());
                out.write_all(bytes).unwrap();
                out.finish().unwrap()
            }
            "zlib" => {
                let mut out = ZlibEncoder::new(Vec::new(), Compression::best());
                out.write_all(bytes).unwrap();
                out.finish().unwrap()
            }
            "bare" => {
                let mut out = DeflateEncoder::new(Vec::new(), Compression::best());
                out.write_all(bytes).unwrap();
                out.finish().unwrap()
            }
            _ => bytes.to_vec(),
        }
    }

    #[test]
    fn every_coding_gives_back_the_body() {
        let body: Vec<u8> = (0..50_000u32).flat_map(|i| i.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
        for (coding, form) in [("", "plain"), ("gzip", "gzip"), ("deflate", "zlib"), ("deflate", "bare"), ("GZIP", "gzip")] {
            assert_eq!(read(coding, &packed(form, &body), 1 << 20, Overflow::Refuse).unwrap(), body, "{coding} {form}");
        }
        let mut with_trailer = packed("gzip", b"news");
        with_trailer.extend_from_slice(b"\r\n\r\n        ");
        assert_eq!(read("gzip", &with_trailer, 100, Overflow::Refuse).unwrap(), b"news");
    }

    #[test]
    fn the_limit_counts_unpacked_bytes() {
        let body = vec![b'a'; 500_000];
        for form in ["plain", "gzip", "zlib"] {
            let coding = match form {
                "gzip" => "gzip",
                "zlib" => "deflate",
                _ => "",
            };
            let refused = read(coding, &packed(form, &body), 100_000, Overflow::Refuse);
            assert!(matches!(refused, Err(Fault::Net(NetError::TooLarge { limit: 100_000 }))), "{form}: {refused:?}");
            assert_eq!(read(coding, &packed(form, &body), 100_000, Overflow::Truncate).unwrap().len(), 100_000, "{form}");
        }
    }

    #[test]
    fn a_bomb_is_recognized_long_before_its_limit() {
        let bomb = packed("gzip", &vec![0; 40 << 20]);
        assert!(matches!(read("gzip", &bomb, 64 << 20, Overflow::Refuse), Err(Fault::Net(NetError::Bomb { .. }))));
    }

    #[test]
    fn a_body_that_breaks_off_is_corrupt() {
        let whole = packed("gzip", &(0..9_000u32).flat_map(u32::to_le_bytes).collect::<Vec<u8>>());
        assert!(matches!(read("gzip", &whole[..whole.len() / 2], 1 << 20, Overflow::Refuse), Err(Fault::Corrupt(_))));
        assert!(matches!(read("gzip", b"<html>not gzip", 1 << 20, Overflow::Refuse), Err(Fault::Corrupt(_))));
        assert!(BodyReader::new("br", 10, Overflow::Refuse).is_err());
    }
}
