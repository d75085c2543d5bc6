//! Characters by name, for `\N{...}`: the names and aliases of Unicode 16, exactly and without regard to case.
//!
//! The name table of `unicode_names2` matches loosely and lacks some aliases, so a hit is checked against the
//! character's own name and the aliases stand in a table here. Named sequences are not allowed in literals.

/// `code;alias` a line, in order of the alias: the formal aliases of Unicode 16 (`NameAliases.txt`).
const ALIASES: &str = include_str!("aliases.txt");

/// The longest name of a character in Unicode 16.
const NAME_BYTES_MAX: usize = 88;

/// The character that a name names.
pub(crate) fn lookup(name: &str) -> Option<char> {
    let upper = name.to_ascii_uppercase();
    // The table is not asked for what cannot be a name: it trusts its callers with some of that.
    let fits = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || matches!(byte, b' ' | b'-');
    if upper.len() > NAME_BYTES_MAX
        || !upper.starts_with(|c: char| c.is_ascii_uppercase())
        || !upper.bytes().all(fits)
    {
        return None;
    }
    if let Some(found) = unicode_names2::character(&upper)
        && unicode_names2::name(found).is_some_and(|known| known.to_string() == upper)
    {
        return Some(found);
    }
    let code = ALIASES.lines().find_map(|line| {
        let (code, alias) = line.split_once(';')?;
        (alias == upper).then_some(code)
    })?;
    char::from_u32(u32::from_str_radix(code, 16).ok()?)
}

#[cfg(test)]
mod tests {
    use super::lookup;

    #[test]
    fn names_are_exact_but_for_case() {
        assert_eq!(lookup("latin small letter a"), Some('a'));
        assert_eq!(lookup("LATIN SMALL LETTER_A"), None);
        assert_eq!(lookup("latinsmalllettera"), None);
        assert_eq!(lookup("CJK UNIFIED IDEOGRAPH-4E00"), Some('一'));
        assert_eq!(lookup("CJK UNIFIED IDEOGRAPH-04E00"), None);
        assert_eq!(lookup("HANGUL SYLLABLE GA"), Some('가'));
        assert_eq!(lookup("LINE FEED"), Some('\n'));
        assert_eq!(lookup("LATIN CAPITAL LETTER GHA"), Some('\u{1a2}'));
        assert_eq!(lookup("KEYCAP DIGIT ONE"), None);
        for odd in ["", "-", "-A", " ", "A_B", &"A".repeat(89), "é"] {
            assert_eq!(lookup(odd), None, "{odd}");
        }
    }
}
