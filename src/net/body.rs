//! Unpacks a body while it streams in, and stops at its limit.
//!
//! The client's own decompression is not used: it hides the transferred size, without which a bomb cannot be told from a large body.

use std::io::{self, Write};

use brotli_decompressor::DecompressorWriter;
use flate2::write::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use zstd::stream::raw;
use zstd::stream::zio::Writer;

use crate::net::error::NetError;

/// What is asked for, and understood.
pub(super) const CODINGS: &str = "gzip, deflate, br, zstd";
/// Unpacked bytes that a brotli decoder hands on at once.
const BROTLI_BUFFER_BYTES: usize = 16 * 1024;
/// The largest window that a zstd body may ask for, as a power of two: 8 MiB (RFC 9659).
const ZSTD_WINDOW_LOG: u32 = 23;
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
    Brotli(Box<DecompressorWriter<Sink>>),
    Zstd(Box<Writer<Sink, raw::Decoder<'static>>>),
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
            "br" => Decoder::Brotli(Box::new(DecompressorWriter::new(sink, BROTLI_BUFFER_BYTES))),
            "zstd" => Decoder::Zstd(Box::new(zstd_decoder(sink).map_err(|error| format!("no zstd decoder can be made: {error}"))?)),
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
            Decoder::Brotli(decoder) => write_until_end(decoder, piece),
            Decoder::Zstd(decoder) => decoder.write_all(piece).and_then(|()| decoder.flush()),
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
            Decoder::Brotli(decoder) => decoder.close(),
            Decoder::Zstd(decoder) => decoder.finish(),
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

    /// Bytes that are unpacked so far.
    pub fn len(&self) -> usize {
        self.sink().bytes.len()
    }

    fn sink(&self) -> &Sink {
        match &self.decoder {
            Decoder::Identity(sink) | Decoder::Deflate(sink) => sink,
            Decoder::Gzip(decoder) => decoder.get_ref(),
            Decoder::Zlib(decoder) => decoder.get_ref(),
            Decoder::Bare(decoder) => decoder.get_ref(),
            Decoder::Brotli(decoder) => decoder.get_ref(),
            Decoder::Zstd(decoder) => decoder.writer(),
        }
    }

    fn sink_mut(&mut self) -> &mut Sink {
        match &mut self.decoder {
            Decoder::Identity(sink) | Decoder::Deflate(sink) => sink,
            Decoder::Gzip(decoder) => decoder.get_mut(),
            Decoder::Zlib(decoder) => decoder.get_mut(),
            Decoder::Bare(decoder) => decoder.get_mut(),
            Decoder::Brotli(decoder) => decoder.get_mut(),
            Decoder::Zstd(decoder) => decoder.writer_mut(),
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

/// A decoder that refuses windows beyond what the web allows.
fn zstd_decoder(sink: Sink) -> io::Result<Writer<Sink, raw::Decoder<'static>>> {
    let mut decoder = raw::Decoder::new()?;
    decoder.set_parameter(raw::DParameter::WindowLogMax(ZSTD_WINDOW_LOG))?;
    Ok(Writer::new(sink, decoder))
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
            "br" => {
                let mut out = brotli::CompressorWriter::new(Vec::new(), 4096, 5, 22);
                out.write_all(bytes).unwrap();
                out.into_inner()
            }
            "zstd" => zstd::encode_all(bytes, 3).unwrap(),
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
        for (coding, form) in
            [("", "plain"), ("gzip", "gzip"), ("deflate", "zlib"), ("deflate", "bare"), ("GZIP", "gzip"), ("br", "br"), ("zstd", "zstd")]
        {
            assert_eq!(read(coding, &packed(form, &body), 1 << 20, Overflow::Refuse).unwrap(), body, "{coding} {form}");
        }
        let two_frames = [packed("zstd", b"good "), packed("zstd", b"news")].concat();
        assert_eq!(read("zstd", &two_frames, 100, Overflow::Refuse).unwrap(), b"good news");
        let mut with_trailer = packed("gzip", b"news");
        with_trailer.extend_from_slice(b"\r\n\r\n        ");
        assert_eq!(read("gzip", &with_trailer, 100, Overflow::Refuse).unwrap(), b"news");
    }

    #[test]
    fn the_limit_counts_unpacked_bytes() {
        let body = vec![b'a'; 500_000];
        for form in ["plain", "gzip", "zlib", "br", "zstd"] {
            let coding = match form {
                "zlib" => "deflate",
                "plain" => "",
                same => same,
            };
            let refused = read(coding, &packed(form, &body), 100_000, Overflow::Refuse);
            assert!(matches!(refused, Err(Fault::Net(NetError::TooLarge { limit: 100_000 }))), "{form}: {refused:?}");
            assert_eq!(read(coding, &packed(form, &body), 100_000, Overflow::Truncate).unwrap().len(), 100_000, "{form}");
        }
    }

    #[test]
    fn a_bomb_is_recognized_long_before_its_limit() {
        for coding in ["gzip", "br", "zstd"] {
            let bomb = packed(coding, &vec![0; 40 << 20]);
            let mut reader = BodyReader::new(coding, 64 << 20, Overflow::Refuse).unwrap();
            let outcome = bomb.chunks(97).map(|piece| reader.push(piece)).find(Result::is_err);
            // Brotli and zstd pack so well that the whole body may be in the first piece; the limit holds all the same.
            assert!(matches!(outcome, Some(Err(Fault::Net(NetError::Bomb { .. })))), "{coding}: {} bytes, {outcome:?}", bomb.len());
            let refused = read(coding, &bomb, 5 << 20, Overflow::Refuse);
            assert!(matches!(refused, Err(Fault::Net(NetError::Bomb { .. } | NetError::TooLarge { .. }))), "{coding}");
        }
    }

    #[test]
    fn a_zstd_body_cannot_ask_for_a_large_window() {
        let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
        encoder.set_parameter(zstd::zstd_safe::CParameter::WindowLog(27)).unwrap();
        encoder.write_all(&(0..200_000u32).flat_map(u32::to_le_bytes).collect::<Vec<u8>>()).unwrap();
        let body = encoder.finish().unwrap();
        assert!(matches!(read("zstd", &body, 64 << 20, Overflow::Refuse), Err(Fault::Corrupt(_))));
    }

    #[test]
    fn a_body_that_breaks_off_is_corrupt() {
        for coding in ["gzip", "br", "zstd"] {
            let whole = packed(coding, &(0..9_000u32).flat_map(u32::to_le_bytes).collect::<Vec<u8>>());
            assert!(matches!(read(coding, &whole[..whole.len() / 2], 1 << 20, Overflow::Refuse), Err(Fault::Corrupt(_))), "{coding}");
            assert!(matches!(read(coding, b"<html>not packed at all</html>", 1 << 20, Overflow::Refuse), Err(Fault::Corrupt(_))), "{coding}");
        }
        assert!(BodyReader::new("compress", 10, Overflow::Refuse).is_err());
    }
}
