//! Numbers, and what CPython says of those that are none.

use super::{Scanner, Shape, Stop, is_name_continue};

impl Scanner<'_> {
    pub(super) fn number(&mut self) -> Result<(), Stop> {
        let start = self.at;
        let base = if self.peek(0) == b'0' { self.peek(1) | 0x20 } else { 0 };
        match base {
            b'x' => self.based("hexadecimal", 16),
            b'o' => self.based("octal", 8),
            b'b' => self.based("binary", 2),
            _ => self.decimal(start),
        }?;
        self.push(Shape::Number, start);
        Ok(())
    }

    fn based(&mut self, kind: &str, radix: u32) -> Result<(), Stop> {
        self.at += 2;
        loop {
            if self.peek(0) == b'_' {
                self.at += 1;
            }
            let rest = &self.bytes[self.at..];
            let digits = rest.iter().take_while(|byte| char::from(**byte).is_digit(radix)).count();
            self.at += digits;
            match self.peek(0) {
                digit @ b'0'..=b'9' => {
                    let message = format!("invalid digit '{}' in {kind} literal", char::from(digit));
                    return self.stop(self.at, self.at + 1, message);
                }
                _ if digits == 0 => return self.invalid(kind),
                b'_' => {}
                _ => return self.verify_end(kind),
            }
        }
    }

    /// CPython points at the last character that still belonged to the number.
    fn invalid(&self, kind: &str) -> Result<(), Stop> {
        let at = self.at.saturating_sub(1);
        self.stop(at, at + 1, format!("invalid {kind} literal"))
    }

    /// Digits with single underscores between them.
    fn digits(&mut self) -> Result<(), Stop> {
        loop {
            while self.peek(0).is_ascii_digit() {
                self.at += 1;
            }
            if self.peek(0) != b'_' {
                return Ok(());
            }
            self.at += 1;
            if !self.peek(0).is_ascii_digit() {
                return self.invalid("decimal");
            }
        }
    }

    fn decimal(&mut self, start: usize) -> Result<(), Stop> {
        if self.peek(0) != b'.' {
            self.digits()?;
        }
        let digits = &self.bytes[start..self.at];
        let leading =
            digits.len() > 1 && digits[0] == b'0' && digits.iter().any(|byte| (b'1'..=b'9').contains(byte));
        let zeros = digits.iter().take_while(|byte| matches!(byte, b'0' | b'_')).count();
        let mut integral = true;
        if self.peek(0) == b'.' {
            integral = false;
            self.at += 1;
            if self.peek(0).is_ascii_digit() {
                self.digits()?;
            }
        }
        if self.peek(0) | 0x20 == b'e' {
            let sign = usize::from(matches!(self.peek(1), b'+' | b'-'));
            if self.peek(1 + sign).is_ascii_digit() {
                integral = false;
                self.at += 1 + sign;
                self.digits()?;
            } else if sign == 1 {
                self.at += 1 + sign;
                return self.invalid("decimal");
            }
        }
        if self.peek(0) | 0x20 == b'j' {
            self.at += 1;
            return self.verify_end("imaginary");
        }
        if integral && leading {
            return self.stop(
                start,
                start + zeros,
                "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers",
            );
        }
        self.verify_end("decimal")
    }

    /// What follows a number may be a keyword, nothing else that looks like a name.
    fn verify_end(&self, kind: &str) -> Result<(), Stop> {
        let rest = &self.text[self.at..];
        let keywords = ["and", "else", "for", "if", "in", "is", "or", "not"];
        if !rest.starts_with(is_name_continue) || keywords.iter().any(|word| rest.starts_with(word)) {
            return Ok(());
        }
        self.invalid(kind)
    }
}
