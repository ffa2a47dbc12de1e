//! The text of a file: UTF-8, or UTF-16 as PowerShell writes it.

/// Bytes that are no text.
pub(crate) struct NotText {
    /// What is wrong.
    pub(crate) message: String,
    /// The text with marks for what cannot be decoded.
    pub(crate) lossy: String,
}

/// Decodes a file; a byte order mark or a zero in the first two bytes indicates UTF-16.
///
/// YAML 1.2.2, "5.2. Character Encodings": the first character of a stream is a mark or ASCII.
pub(crate) fn text(bytes: Vec<u8>) -> Result<String, NotText> {
    let text = match bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [1..=0x7f, 0, ..] => utf16(&bytes, u16::from_le_bytes),
        [0, 1..=0x7f, ..] => utf16(&bytes, u16::from_be_bytes),
        _ => utf8(bytes),
    }?;
    let Some(zero) = text.find('\0') else {
        return Ok(text);
    };
    let lines = text.bytes().take(zero).filter(|byte| *byte == b'\n');
    Err(NotText {
        message: format!("not text: a zero byte in line {}", lines.count() + 1),
        lossy: text,
    })
}

fn utf8(bytes: Vec<u8>) -> Result<String, NotText> {
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let before = error.as_bytes().iter().take(at);
        let line = before.filter(|byte| **byte == b'\n').count() + 1;
        NotText {
            message: format!("not UTF-8: the byte at offset {at}, in line {line}"),
            lossy: String::from_utf8_lossy(error.as_bytes()).into_owned(),
        }
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, NotText> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units = || pairs.iter().map(|pair| unit(*pair));
    let decoded: Result<String, _> = char::decode_utf16(units()).collect();
    match decoded {
        Ok(text) if rest.is_empty() => Ok(text),
        _ => Err(NotText {
            message: "not UTF-16: a character is not whole".to_owned(),
            lossy: char::decode_utf16(units())
                .map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_orders_of_utf_16_are_read_with_and_without_a_mark() {
        let text = "kind: Ä\n";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let marked = |mark: [u8; 2], bytes: &[u8]| [&mark, bytes].concat();
        for bytes in [
            marked([0xff, 0xfe], &little),
            marked([0xfe, 0xff], &big),
            little,
            big,
            text.as_bytes().to_vec(),
        ] {
            assert_eq!(super::text(bytes).ok().as_deref(), Some(text));
        }
    }

    #[test]
    fn bytes_without_text_are_named_with_their_line() {
        let error = text(b"a: 1\n# \xff\n".to_vec()).err().unwrap();
        assert_eq!(error.message, "not UTF-8: the byte at offset 7, in line 2");
        assert!(text(vec![0xff, 0xfe, 0x41]).is_err());
        assert!(text(vec![0xff, 0xfe, 0x00, 0xd8]).is_err());
        let utf32: Vec<u8> = "a\nb"
            .chars()
            .flat_map(|character| u32::from(character).to_le_bytes())
            .collect();
        for bytes in [
            [&[0xff, 0xfe, 0, 0], &*utf32].concat(),
            utf32,
            b"a: 1\n\0".to_vec(),
        ] {
            let error = text(bytes).err().unwrap();
            assert!(
                error.message.starts_with("not text: a zero byte"),
                "{}",
                error.message
            );
        }
    }
}
