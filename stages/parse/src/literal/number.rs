//! Numbers: ints of any size and base, floats, imaginary ones.

/// A number's value as the tree stores it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Number {
    /// Magnitude, little-endian, no leading zero byte.
    Int(Vec<u8>),
    Float(f64),
    Imaginary(f64),
}

/// CPython's default limit on decimal digits (`sys.int_info.default_max_str_digits`).
const DIGITS_MAX: usize = 4300;

/// The value of a number as written. The parser has accepted the text; what is still wrong is said as CPython does.
pub(crate) fn decode(text: &str) -> Result<Number, String> {
    let digits: String = text.chars().filter(|c| *c != '_').collect();
    let bytes = digits.as_bytes();
    if let [b'0', base, ..] = bytes {
        let bits = match base | 0x20 {
            b'x' => 4,
            b'o' => 3,
            b'b' => 1,
            _ => 0,
        };
        if bits != 0 {
            return Ok(Number::Int(binary(&bytes[2..], bits)));
        }
    }
    if let Some(real) = digits.strip_suffix(['j', 'J']) {
        return Ok(Number::Imaginary(real.parse().unwrap_or_default()));
    }
    if !bytes.iter().all(u8::is_ascii_digit) {
        return Ok(Number::Float(digits.parse().unwrap_or_default()));
    }
    if let Ok(small) = digits.parse::<u64>() {
        return Ok(Number::Int(trimmed(small.to_le_bytes().to_vec())));
    }
    if bytes.len() > DIGITS_MAX {
        return Err(format!(
            "Exceeds the limit ({DIGITS_MAX} digits) for integer string conversion: value has {} digits; use \
             sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for huge integer literals to \
             avoid decimal conversion limits.",
            bytes.len()
        ));
    }
    Ok(Number::Int(decimal(bytes)))
}

fn trimmed(mut bytes: Vec<u8>) -> Vec<u8> {
    let len = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    bytes.truncate(len);
    bytes
}

fn binary(digits: &[u8], bits: u32) -> Vec<u8> {
    let mut out = Vec::with_capacity(digits.len() * bits as usize / 8 + 1);
    let (mut held, mut filled) = (0u32, 0);
    for digit in digits.iter().rev().filter_map(|digit| char::from(*digit).to_digit(16)) {
        held |= digit << filled;
        filled += bits;
        if filled >= 8 {
            out.push(held as u8);
            held >>= 8;
            filled -= 8;
        }
    }
    out.push(held as u8);
    trimmed(out)
}

/// Quadratic, which the limit on digits keeps harmless.
fn decimal(digits: &[u8]) -> Vec<u8> {
    const CHUNK_DIGITS: usize = 18;
    let mut limbs: Vec<u64> = Vec::new();
    let (head, chunks) = digits.split_at(digits.len() % CHUNK_DIGITS);
    for chunk in std::iter::once(head).chain(chunks.chunks(CHUNK_DIGITS)) {
        let mut carry = chunk.iter().fold(0u128, |value, digit| value * 10 + u128::from(digit - b'0'));
        let scale = 10u128.pow(chunk.len() as u32);
        for limb in &mut limbs {
            let wide = u128::from(*limb) * scale + carry;
            *limb = wide as u64;
            carry = wide >> 64;
        }
        if carry != 0 {
            limbs.push(carry as u64);
        }
    }
    trimmed(limbs.iter().flat_map(|limb| limb.to_le_bytes()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn int(text: &str) -> Vec<u8> {
        match decode(text) {
            Ok(Number::Int(bytes)) => bytes,
            other => panic!("{text} is {other:?}"),
        }
    }

    #[test]
    fn ints_of_every_base_and_size() {
        assert!(int("0").is_empty());
        assert!(int("0_0").is_empty());
        assert_eq!(int("1_000"), [0xe8, 3]);
        assert_eq!(int("0xFF_ff"), [0xff, 0xff]);
        assert_eq!(int("0o777"), [0xff, 1]);
        assert_eq!(int("0b1_0000_0000"), [0, 1]);
        assert_eq!(int("18446744073709551616"), [0, 0, 0, 0, 0, 0, 0, 0, 1]);
        assert_eq!(int("0x10000000000000000"), int("18446744073709551616"));
        assert_eq!(int("1000000000000000000000000000000"), int("0xc9f2c9cd04674edea40000000"));
        assert_eq!(int(&"9".repeat(4300)).len(), 1786);
        assert!(decode(&"9".repeat(4301)).unwrap_err().starts_with("Exceeds the limit (4300 digits)"));
    }

    #[test]
    fn floats_and_imaginary_numbers() {
        assert_eq!(decode("1_0.5e-1"), Ok(Number::Float(1.05)));
        assert_eq!(decode("1."), Ok(Number::Float(1.0)));
        assert_eq!(decode(".5"), Ok(Number::Float(0.5)));
        assert_eq!(decode("1e400"), Ok(Number::Float(f64::INFINITY)));
        assert_eq!(decode("1_0J"), Ok(Number::Imaginary(10.0)));
        assert_eq!(decode("0777.5"), Ok(Number::Float(777.5)));
    }
}
