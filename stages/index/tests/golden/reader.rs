//! Reads the text form of trees that `tests/tool/trees.py` writes.

use dx_schemas::syntax::{FragmentKind, FragmentRow, FragmentTable};
use dx_schemas::tree::{Const, NodeId, NodeKind, TreeBuilder};

/// A fragment table and the bytes of its trees.
pub(crate) struct Read {
    pub(crate) table: FragmentTable,
    pub(crate) trees: Vec<Vec<u8>>,
    /// `line:column` by fragment and node, where the file says it.
    pub(crate) places: Vec<Vec<String>>,
}

pub(crate) fn read(text: &str) -> Read {
    let mut out = Read { table: FragmentTable::default(), trees: Vec::new(), places: Vec::new() };
    let mut building: Option<Building> = None;
    for line in text.lines() {
        if line == "future_annotations" {
            out.table.future_annotations = true;
        } else if let Some(fields) = line.strip_prefix("fragment ") {
            out.trees.extend(building.take().map(Building::finish));
            building = Some(Building::default());
            out.table.fragments.push(row(fields));
            out.places.push(Vec::new());
        } else if let Some(building) = &mut building {
            let place = building.line(line);
            out.places.last_mut().unwrap().push(place);
        }
    }
    out.trees.extend(building.map(Building::finish));
    out
}

fn row(fields: &str) -> FragmentRow {
    let fields: Vec<&str> = fields.split(' ').map(|field| if field == "-" { "" } else { field }).collect();
    let kind = match fields[0] {
        "Module" => FragmentKind::Module,
        "Function" => FragmentKind::Function,
        _ => FragmentKind::Class,
    };
    FragmentRow {
        kind,
        name: fields[1].to_owned(),
        qualname: fields[2].to_owned(),
        ordinal: fields[3].parse().unwrap(),
        parent: fields[4].parse().unwrap(),
        class_name: fields[5].to_owned(),
    }
}

#[derive(Default)]
struct Building {
    builder: TreeBuilder,
    open: Vec<NodeId>,
}

impl Building {
    fn line(&mut self, line: &str) -> String {
        let mut fields = line.split(' ');
        let depth: usize = fields.next().unwrap().parse().unwrap();
        let kind = fields.next().unwrap();
        let kind = *NodeKind::ALL.iter().find(|known| known.name() == kind).unwrap();
        while self.open.len() > depth {
            self.builder.close(self.open.pop().unwrap());
        }
        let node = self.builder.open(kind);
        self.open.push(node);
        let mut place = String::new();
        for field in fields {
            let (key, value) = field.split_once('=').unwrap();
            match key {
                "f" => self.builder.add_flags(node, value.parse().unwrap()),
                "x" => self.builder.set_extra(node, value.parse().unwrap()),
                "n" => self.builder.set_name(node, value),
                "p" => self.builder.set_payload(node, value.parse().unwrap()),
                "@" => place = value.to_owned(),
                _ => self.constant(node, value),
            }
        }
        place
    }

    fn constant(&mut self, node: NodeId, value: &str) {
        let (tag, hex) = value.split_once(':').unwrap_or((value, ""));
        let bytes: Vec<u8> =
            (0..hex.len() / 2).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()).collect();
        let bits = || u64::from_le_bytes(bytes.as_slice().try_into().unwrap());
        let constant = match tag {
            "None" => Const::None,
            "True" => Const::True,
            "False" => Const::False,
            "Ellipsis" => Const::Ellipsis,
            "int" => Const::Int(&bytes),
            "float" => Const::Float(bits()),
            "imaginary" => Const::Imaginary(bits()),
            "str" => Const::Str(&bytes),
            _ => Const::Bytes(&bytes),
        };
        self.builder.set_const(node, constant);
    }

    fn finish(mut self) -> Vec<u8> {
        while let Some(node) = self.open.pop() {
            self.builder.close(node);
        }
        self.builder.finish()
    }
}
