//! Formats of the test runner: what is written reads back, and what is not a frame or a table is refused.
//!
//! Workers die in the middle of a word and indexes lie on disks, so every reader here has to take any bytes at all.

use std::borrow::Cow;

use dx_schemas::dxti::{Dxti, DxtiBuilder};
use dx_schemas::testrun::{
    ANSWER_BYTES, Answer, AnswerFrame, Decoder, FrameError, LENGTH_MAX, ORDER_BYTES, Order, OrderFrame,
    Outcome, RING_BYTES, RingHeader,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

fn orders() -> impl Strategy<Value = OrderFrame<'static>> {
    (select(Order::ALL), any::<[u32; 5]>(), vec(any::<u8>(), 0..80))
        .prop_map(|(kind, words, payload)| OrderFrame { kind, words, payload: Cow::Owned(payload) })
}

fn answers() -> impl Strategy<Value = AnswerFrame<'static>> {
    let numbers = (any::<[u32; 2]>(), any::<[u32; 3]>(), any::<u32>(), any::<u16>(), any::<u8>());
    (select(Answer::ALL), select(Outcome::ALL), numbers, vec(any::<u8>(), 0..80)).prop_map(
        |(kind, outcome, ([file, item], times, start, flags, phase), payload)| AnswerFrame {
            kind,
            file,
            item,
            outcome,
            phase,
            flags,
            times,
            start,
            payload: Cow::Owned(payload),
        },
    )
}

fn encoded(frames: &[AnswerFrame<'_>]) -> Vec<u8> {
    let mut out = Vec::new();
    frames.iter().for_each(|frame| frame.encode(&mut out));
    out
}

/// Cuts bytes at the given places and feeds the pieces; what came out, up to the first error.
fn fed(bytes: &[u8], cuts: &[Index]) -> (Vec<AnswerFrame<'static>>, Option<FrameError>, usize) {
    let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
    places.extend([0, bytes.len()]);
    places.sort_unstable();
    let mut decoder = Decoder::default();
    let mut found = Vec::new();
    for piece in places.windows(2) {
        decoder.push(&bytes[piece[0]..piece[1]]);
        loop {
            match decoder.take() {
                Ok(Some(frame)) => {
                    let payload = Cow::Owned(frame.payload.clone().into_owned());
                    found.push(AnswerFrame { payload, ..frame });
                }
                Ok(None) => break,
                Err(error) => return (found, Some(error), decoder.pending()),
            }
        }
    }
    (found, None, decoder.pending())
}

/// A path, and what follows it in the ids of its tests.
type Listed = Vec<(String, Vec<String>)>;

fn listings() -> impl Strategy<Value = Listed> {
    vec(("[a-zé/]{0,9}", vec("(::[a-zß]{1,4}){0,2}", 0..6)), 0..8)
}

fn table(files: &Listed) -> Vec<u8> {
    let mut builder = DxtiBuilder::default();
    for (path, tests) in files {
        builder.file(path, tests.iter().map(String::as_str));
    }
    builder.finish()
}

fn read(table: &Dxti<'_>) -> Listed {
    let owned = |file| table.tests(file).map(str::to_owned).collect();
    table.files().map(|file| (file.path.to_owned(), owned(file))).collect()
}

#[test]
fn header_sizes() {
    let mut order = Vec::new();
    OrderFrame::new(Order::Run, &[1, 2, 3]).encode(&mut order);
    let answer = encoded(&[AnswerFrame::new(Answer::Result)]);
    assert_eq!((order.len(), answer.len()), (32, 40));
    assert_eq!((ORDER_BYTES, ANSWER_BYTES, RING_BYTES), (32, 40, 64));
    let ring = RingHeader { capacity: 7 }.encode();
    assert_eq!(ring, *b"DXRG\x01\0\0\0\x07\0\0\0\0\0\0\0");
}

proptest! {
    #[test]
    fn message_round_trip(order in orders(), frames in vec(answers(), 0..6), cuts in vec(any::<Index>(), 0..9)) {
        let mut bytes = vec![9; 3];
        order.encode(&mut bytes);
        let (back, length) = OrderFrame::decode(&bytes[3..]).unwrap().unwrap();
        prop_assert_eq!((&back, length), (&order, ORDER_BYTES + order.payload.len()));
        prop_assert_eq!(fed(&encoded(&frames), &cuts), (frames, None, 0));
    }

    #[test]
    fn protocol_errors(
        order in orders(),
        frame in answers(),
        noise in vec(any::<u8>(), 0..200),
        cuts in vec(any::<Index>(), 0..9),
        at in any::<Index>(),
        change in 1..=255u8,
        length in any::<u32>(),
    ) {
        let _ = (OrderFrame::decode(&noise), AnswerFrame::decode(&noise), fed(&noise, &cuts));

        let mut ours = Vec::new();
        order.encode(&mut ours);
        let theirs = encoded(std::slice::from_ref(&frame));
        prop_assert_eq!(OrderFrame::decode(&ours[..at.index(ours.len())]), Ok(None));
        let cut = at.index(theirs.len());
        prop_assert_eq!(AnswerFrame::decode(&theirs[..cut]), Ok(None));
        prop_assert_eq!(fed(&theirs[..cut], &cuts), (Vec::new(), None, cut));

        // A changed length may ask for more bytes; anything else that is changed is seen at once.
        let damaged = |bytes: &[u8]| {
            let mut bytes = bytes.to_vec();
            let at = at.index(bytes.len());
            bytes[at] ^= change;
            bytes
        };
        let in_length = |bytes: &[u8]| (4..8).contains(&at.index(bytes.len()));
        match OrderFrame::decode(&damaged(&ours)) {
            Ok(None) => prop_assert!(in_length(&ours)),
            other => prop_assert!(other.is_err()),
        }
        let (found, error, _) = fed(&damaged(&theirs), &cuts);
        prop_assert!(found.is_empty() && (error.is_some() || in_length(&theirs)));

        // A length that cannot be is refused from the header alone; one that can be waits, and reserves nothing.
        let mut long = theirs[..ANSWER_BYTES].to_vec();
        long[4..8].copy_from_slice(&length.to_le_bytes());
        let (found, error, pending) = fed(&long, &cuts);
        prop_assert!(found.is_empty() || length as usize == frame.payload.len());
        if length > LENGTH_MAX {
            prop_assert_eq!((error, pending), (Some(FrameError::Length(length)), ANSWER_BYTES));
        } else if length > 0 {
            prop_assert_eq!((error, pending), (None, ANSWER_BYTES));
        }
    }

    /// A sound check does not make an unknown kind or outcome known.
    #[test]
    fn unknown_codes_are_errors(code in Answer::ALL.len() as u8 + 1..=255) {
        let mut bytes = encoded(&[AnswerFrame::new(Answer::Result)]);
        bytes[3] = code;
        let end = ANSWER_BYTES - 4;
        let sum = crc32fast::hash(&bytes[..end]);
        bytes[end..].copy_from_slice(&sum.to_le_bytes());
        prop_assert_eq!(AnswerFrame::decode(&bytes), Err(FrameError::Kind(code)));
        bytes[3] = Answer::Result as u8;
        bytes[16] = code;
        let sum = crc32fast::hash(&bytes[..end]);
        bytes[end..].copy_from_slice(&sum.to_le_bytes());
        prop_assert_eq!(AnswerFrame::decode(&bytes), Err(FrameError::Outcome(code)));
    }

    #[test]
    fn index_round_trip(files in listings()) {
        let bytes = table(&files);
        let back = Dxti::open(&bytes).unwrap();
        prop_assert_eq!(back.test_count(), files.iter().map(|(_, tests)| tests.len()).sum::<usize>());
        prop_assert_eq!(read(&back), files);
    }

    #[test]
    fn pool_invariant(
        files in listings(),
        at in any::<Index>(),
        change in 1..=255u8,
        noise in vec(any::<u8>(), 0..40),
        wild in any::<u32>(),
    ) {
        let bytes = table(&files);
        let length: usize = files.iter().map(|(path, tests)| path.len() + tests.concat().len()).sum();
        let pool = &bytes[bytes.len() - length..];
        for (path, tests) in read(&Dxti::open(&bytes).unwrap()) {
            for text in tests.iter().chain([&path]) {
                let bytes = text.as_bytes();
                prop_assert!(bytes.is_empty() || pool.windows(bytes.len()).any(|part| part == bytes));
            }
        }

        let mut damaged = bytes.clone();
        let at = at.index(bytes.len());
        damaged[at] ^= change;
        prop_assert!(Dxti::open(&damaged).is_err(), "byte {at} of {}", bytes.len());
        prop_assert!(Dxti::open(&bytes[..at]).is_err());
        prop_assert!(Dxti::open(&[&bytes[..], &noise[..]].concat()).is_err() || noise.is_empty());
        prop_assert!(Dxti::open(&noise).is_err());

        // With a digest that fits, only the checks of offsets stand between a wild word and a panic.
        let body = at.max(56) / 4 * 4;
        if body + 4 <= bytes.len() {
            let mut forged = bytes.clone();
            forged[body..body + 4].copy_from_slice(&wild.to_le_bytes());
            let digest = *blake3::hash(&forged[56..]).as_bytes();
            forged[24..56].copy_from_slice(&digest);
            if let Ok(table) = Dxti::open(&forged) {
                let _ = read(&table);
            }
        }
    }
}
