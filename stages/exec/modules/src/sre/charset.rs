//! Sets of characters and the classes that patterns name.

use dx_text::unicode;

/// How case is ignored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fold {
    None,
    Ascii,
    Locale,
    Unicode,
}

impl Fold {
    /// The character as it is compared.
    pub(super) fn apply(self, c: u32) -> u32 {
        match self {
            Fold::None => c,
            Fold::Ascii | Fold::Locale => ascii_lower(c),
            Fold::Unicode => lower(c),
        }
    }
}

pub(super) fn ascii_lower(c: u32) -> u32 {
    if c < 128 { u32::from((c as u8).to_ascii_lowercase()) } else { c }
}

/// The lower case of a character where that is one character.
pub(super) fn lower(c: u32) -> u32 {
    mapped(c, char::to_lowercase)
}

/// The upper case of a character where that is one character.
pub(super) fn upper(c: u32) -> u32 {
    mapped(c, char::to_uppercase)
}

fn mapped<I: Iterator<Item = char>>(c: u32, map: impl Fn(char) -> I) -> u32 {
    let Some(character) = char::from_u32(c) else { return c };
    let mut all = map(character);
    match (all.next(), all.next()) {
        (Some(single), None) => single as u32,
        // The one capital whose lower case is two characters; its simple mapping is the first of them.
        (Some(first), Some(_)) if c == 0x130 => first as u32,
        _ => c,
    }
}

fn is_word(c: u32) -> bool {
    c < 128 && ((c as u8).is_ascii_alphanumeric() || c == u32::from(b'_'))
}

fn is_unicode_word(c: u32) -> bool {
    if c < 128 {
        return is_word(c);
    }
    unicode::is_alpha(c) || unicode::is_decimal(c) || unicode::is_digit(c) || unicode::is_numeric(c)
}

fn is_ascii_space(c: u32) -> bool {
    c == 32 || (9..=13).contains(&c)
}

/// The eighteen classes, by number.
pub(super) fn category(number: u32, c: u32) -> bool {
    match number {
        0 => (48..58).contains(&c),
        1 => !(48..58).contains(&c),
        2 => is_ascii_space(c),
        3 => !is_ascii_space(c),
        4 | 8 => is_word(c),
        5 | 9 => !is_word(c),
        6 => c == 10,
        7 => c != 10,
        10 => unicode::is_decimal(c),
        11 => !unicode::is_decimal(c),
        12 => unicode::is_space(c),
        13 => !unicode::is_space(c),
        14 => is_unicode_word(c),
        15 => !is_unicode_word(c),
        16 => unicode::is_line_break(c),
        17 => !unicode::is_line_break(c),
        _ => false,
    }
}

#[derive(Debug)]
pub(super) enum Item {
    Negate,
    Literal(u32),
    Range(u32, u32),
    /// A range whose upper case counts too.
    FoldedRange(u32, u32),
    Category(u32),
    /// Bits of the first 256 characters.
    Bits(Vec<u32>),
    /// The number of a block of 256 characters by their high byte, and the blocks' bits.
    Blocks(Vec<u8>, Vec<u32>),
}

/// A set: its items in order; the first that has the character decides.
#[derive(Debug)]
pub(super) struct Charset {
    items: Vec<Item>,
    fold: Fold,
    /// The answers for the first 256 characters.
    quick: [u64; 4],
}

impl Charset {
    pub(super) fn new(items: Vec<Item>, fold: Fold) -> Charset {
        let mut set = Charset { items, fold, quick: [0; 4] };
        for c in 0..256u32 {
            set.quick[(c >> 6) as usize] |= u64::from(set.slow(c)) << (c & 63);
        }
        set
    }

    #[inline]
    pub(super) fn has(&self, c: u32) -> bool {
        if c < 256 { self.quick[(c >> 6) as usize] >> (c & 63) & 1 != 0 } else { self.slow(c) }
    }

    fn slow(&self, c: u32) -> bool {
        match self.fold {
            // In a locale a character is in the set in either case.
            Fold::Locale => {
                self.plain(ascii_lower(c))
                    || (c < 128 && self.plain(u32::from((c as u8).to_ascii_uppercase())))
            }
            fold => self.plain(fold.apply(c)),
        }
    }

    fn plain(&self, c: u32) -> bool {
        let mut found = true;
        for item in &self.items {
            let hit = match item {
                Item::Negate => {
                    found = !found;
                    false
                }
                Item::Literal(literal) => *literal == c,
                Item::Range(low, high) => (*low..=*high).contains(&c),
                Item::FoldedRange(low, high) => {
                    (*low..=*high).contains(&c) || (*low..=*high).contains(&upper(c))
                }
                Item::Category(number) => category(*number, c),
                Item::Bits(bits) => c < 256 && bits[(c >> 5) as usize] >> (c & 31) & 1 != 0,
                Item::Blocks(index, blocks) => {
                    let block = index.get((c >> 8) as usize).map(|&block| usize::from(block));
                    let word = block.and_then(|block| blocks.get(block * 8 + (c >> 5 & 7) as usize));
                    word.is_some_and(|word| word >> (c & 31) & 1 != 0)
                }
            };
            if hit {
                return found;
            }
        }
        !found
    }
}
