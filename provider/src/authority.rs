//! Accepts gRPC clients with any `:authority`. On a Unix socket some clients send the path of the socket, e.g.
//! `%2Frun%2Faws.sock`. The HTTP/2 library resets such a request, because this text is not an authority (RFC 9113, section 8.3.1);
//! the server of upstream accepts it. The provider does not use the authority, so this filter replaces it before the library reads
//! it.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tonic::transport::server::Connected;

/// The client's first bytes on a connection (RFC 9113, section 3.4).
const PREFACE: usize = 24;
/// The header of a frame: length, type, flags, stream (RFC 9113, section 4.1).
const HEADER: usize = 9;
/// The largest frame that the library accepts; it reports a longer one.
const MAX_FRAME: usize = 16 * 1024;
const HEADERS: u8 = 1;
const PADDED: u8 = 0x8;
const PRIORITY: u8 = 0x20;
/// `:authority` in the static table (RFC 7541, appendix A).
const AUTHORITY: usize = 1;
/// The name as a string, which clients of gRPC's C core write (Python, C++, Ruby): plain and in the Huffman code.
const AUTHORITY_NAME: [&[u8]; 2] = [b"\x0a:authority", b"\x88\xb8\x3b\x53\x39\xec\x32\x7d\x7f"];
/// The usual authority, plain and in the Huffman code of RFC 7541, appendix B.
const LOCALHOST: [&[u8]; 2] = [b"\x09localhost", b"\x86\xa0\xe4\x1d\x13\x9d\x09"];
/// The replacement, a plain literal. It is not longer than any authority, so that the library's table of earlier headers always
/// has room for the entries that the client refers to.
const REPLACEMENT: &[u8] = b"\x01x";

/// A connection whose requests have a valid `:authority`.
pub(crate) struct AnyAuthority<S> {
    inner: S,
    frames: Frames,
    ready: Vec<u8>,
}

impl<S> AnyAuthority<S> {
    pub(crate) fn new(inner: S) -> Self {
        Self {
            inner,
            frames: Frames::default(),
            ready: Vec::new(),
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for AnyAuthority<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        while this.ready.is_empty() {
            let mut bytes = [0; 8192];
            let mut chunk = ReadBuf::new(&mut bytes);
            ready!(Pin::new(&mut this.inner).poll_read(context, &mut chunk))?;
            if chunk.filled().is_empty() {
                this.ready.append(&mut this.frames.held);
                break;
            }
            this.frames.push(chunk.filled(), &mut this.ready);
        }
        let length = this.ready.len().min(out.remaining());
        let taken: Vec<u8> = this.ready.drain(..length).collect();
        out.put_slice(&taken);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for AnyAuthority<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().inner).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(context)
    }
}

impl<S: Connected> Connected for AnyAuthority<S> {
    type ConnectInfo = S::ConnectInfo;

    fn connect_info(&self) -> Self::ConnectInfo {
        self.inner.connect_info()
    }
}

/// Splits the bytes of a client into frames.
struct Frames {
    /// The bytes of the preface or of a frame that pass unchanged.
    passing: usize,
    /// The start of a frame that has not arrived as a whole.
    held: Vec<u8>,
}

impl Default for Frames {
    fn default() -> Self {
        Self {
            passing: PREFACE,
            held: Vec::new(),
        }
    }
}

impl Frames {
    /// Takes bytes of the client, and adds those that are complete to `out`.
    fn push(&mut self, mut bytes: &[u8], out: &mut Vec<u8>) {
        loop {
            if self.passing > 0 {
                let (passing, rest) = bytes.split_at(self.passing.min(bytes.len()));
                out.extend_from_slice(passing);
                self.passing -= passing.len();
                bytes = rest;
            }
            if bytes.is_empty() {
                return;
            }
            let wanted = match frame_length(&self.held) {
                None => HEADER,
                Some(length) => HEADER + length,
            };
            let (more, rest) = bytes.split_at((wanted - self.held.len()).min(bytes.len()));
            self.held.extend_from_slice(more);
            bytes = rest;
            let Some(length) = frame_length(&self.held) else {
                return;
            };
            let is_headers = self.held.get(3) == Some(&HEADERS) && length <= MAX_FRAME;
            if !is_headers {
                self.passing = length;
                out.append(&mut self.held);
            } else if self.held.len() == HEADER + length {
                let frame = std::mem::take(&mut self.held);
                out.extend(replaced(&frame).unwrap_or(frame));
            }
        }
    }
}

/// The length of the payload of a frame, if its header is complete.
fn frame_length(frame: &[u8]) -> Option<usize> {
    let header = frame.get(..HEADER)?;
    let length = header
        .iter()
        .take(3)
        .fold(0, |length, byte| (length << 8) | usize::from(*byte));
    Some(length)
}

/// A HEADERS frame with another authority; `None` if it needs none.
fn replaced(frame: &[u8]) -> Option<Vec<u8>> {
    let (header, payload) = frame.split_at_checked(HEADER)?;
    let flags = *header.get(4)?;
    let mut start = 0;
    let mut padding = 0;
    if flags & PADDED != 0 {
        padding = usize::from(*payload.first()?);
        start += 1;
    }
    if flags & PRIORITY != 0 {
        start += 5;
    }
    let block = payload.get(start..payload.len().checked_sub(padding)?)?;
    let value = authority(block)?;
    let written = block.get(value.clone())?;
    // An empty authority has no shorter replacement.
    if LOCALHOST.contains(&written) || written.len() < REPLACEMENT.len() {
        return None;
    }
    let (from, to) = (HEADER + start + value.start, HEADER + start + value.end);
    let mut frame = [frame.get(..from)?, REPLACEMENT, frame.get(to..)?].concat();
    let length = u32::try_from(frame.len() - HEADER).ok()?.to_be_bytes();
    frame.splice(..3, length.into_iter().skip(1));
    Some(frame)
}

/// The place of the value of a literal `:authority` in a header block (RFC 7541, section 6).
fn authority(block: &[u8]) -> Option<std::ops::Range<usize>> {
    let mut at = 0;
    loop {
        let first = *block.get(at)?;
        let (prefix, is_literal) = match first {
            0x80.. => (7, false),
            0x40..=0x7f => (6, true),
            0x20..=0x3f => (5, false),
            0x00..=0x1f => (4, true),
        };
        let (name, next) = integer(block, at, prefix)?;
        at = next;
        if !is_literal {
            continue;
        }
        let mut is_authority = name == AUTHORITY;
        if name == 0 {
            let end = end_of_string(block, at)?;
            is_authority = AUTHORITY_NAME.contains(&block.get(at..end)?);
            at = end;
        }
        let end = end_of_string(block, at)?;
        if is_authority {
            return Some(at..end);
        }
        at = end;
    }
}

fn end_of_string(block: &[u8], at: usize) -> Option<usize> {
    let (length, next) = integer(block, at, 7)?;
    next.checked_add(length).filter(|end| *end <= block.len())
}

/// An integer with a prefix of this many bits, and the place after it (RFC 7541, section 5.1).
fn integer(block: &[u8], at: usize, prefix: u32) -> Option<(usize, usize)> {
    let mask = (1_usize << prefix) - 1;
    let mut value = usize::from(*block.get(at)?) & mask;
    let mut next = at + 1;
    if value < mask {
        return Some((value, next));
    }
    // No length in a frame needs more than three bytes.
    for shift in [0, 7, 14] {
        let byte = *block.get(next)?;
        value += usize::from(byte & 0x7f) << shift;
        next += 1;
        if byte & 0x80 == 0 {
            return Some((value, next));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, flags: u8, payload: &[u8]) -> Vec<u8> {
        let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
        let header = [&length[1..], &[kind, flags, 0, 0, 0, 1]].concat();
        [header, payload.to_vec()].concat()
    }

    fn literal(value: &[u8]) -> Vec<u8> {
        let length = u8::try_from(value.len()).unwrap();
        [&[0x41, length], value].concat()
    }

    /// `:method: POST`, the authority, and a header with a name of its own.
    fn block(authority: &[u8]) -> Vec<u8> {
        [&[0x83], authority, b"\x40\x01a\x01b"].concat()
    }

    /// What the library reads of these bytes, in chunks of each size.
    fn through(bytes: &[u8]) -> Vec<u8> {
        let mut outputs = (1..=bytes.len()).map(|size| {
            let (mut frames, mut out) = (Frames::default(), Vec::new());
            for chunk in bytes.chunks(size) {
                frames.push(chunk, &mut out);
            }
            out.extend(frames.held);
            out
        });
        let first = outputs.next().unwrap();
        assert!(outputs.all(|other| other == first));
        first
    }

    #[test]
    fn an_authority_that_is_a_path_is_replaced_and_the_rest_passes() {
        let preface = *b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
        let data = frame(0, 1, b"\x41\x03/a/");
        for (before, after) in [
            (literal(b"%2Frun%2Faws.sock"), literal(b"x")),
            (literal(b"/run/aws.sock"), literal(b"x")),
            (b"\x41\x86\xa0\xe4\x1d\x13\x9d\x10".to_vec(), literal(b"x")),
            (b"\x01\x02/a".to_vec(), b"\x01\x01x".to_vec()),
            (b"\x11\x02/a".to_vec(), b"\x11\x01x".to_vec()),
            (
                b"\x40\x0a:authority\x02/a".to_vec(),
                b"\x40\x0a:authority\x01x".to_vec(),
            ),
            (
                b"\x00\x0a:authority\x09localhost".to_vec(),
                b"\x00\x0a:authority\x09localhost".to_vec(),
            ),
            (
                [&[0x40], AUTHORITY_NAME[1], b"\x02/a"].concat(),
                [&[0x40], AUTHORITY_NAME[1], b"\x01x"].concat(),
            ),
            (literal(b"localhost"), literal(b"localhost")),
            (
                b"\x41\x86\xa0\xe4\x1d\x13\x9d\x09".to_vec(),
                b"\x41\x86\xa0\xe4\x1d\x13\x9d\x09".to_vec(),
            ),
            (literal(b""), literal(b"")),
            (b"\xbe".to_vec(), b"\xbe".to_vec()),
        ] {
            let plain = |authority: &[u8]| frame(1, 4, &block(authority));
            let padded = |authority: &[u8]| {
                let payload = [b"\x02\0\0\0\0\x10", &*block(authority), b"\0\0"].concat();
                frame(1, 4 | PADDED | PRIORITY, &payload)
            };
            let sent = [&preface, &*plain(&before), &data, &padded(&before)].concat();
            let expected = [&preface, &*plain(&after), &data, &padded(&after)].concat();
            assert_eq!(through(&sent), expected, "{before:?}");
        }
    }

    #[test]
    fn broken_frames_pass_unchanged() {
        let preface = [b'P'; PREFACE];
        for payload in [
            &b""[..],
            b"\x41",
            b"\x41\x7f",
            b"\x41\x7f\xff\xff\xff\xff",
            b"\x41\x30x",
            b"\x7f\xff\xff\xff",
            b"\x40\x7f",
        ] {
            for flags in [4, PADDED, PRIORITY, PADDED | PRIORITY] {
                let sent = [&preface, &*frame(1, flags, payload), b"\0\0"].concat();
                assert_eq!(through(&sent), sent, "{payload:?}");
            }
        }
        let large = [&preface, &*frame(1, 4, &vec![0x41; MAX_FRAME + 1])].concat();
        let (mut frames, mut out) = (Frames::default(), Vec::new());
        frames.push(&large, &mut out);
        assert_eq!(out, large);
    }
}
