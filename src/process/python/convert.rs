//! Values on their way between processes: what Monty hands out, made portable.
//!
//! References, arrays, actors and instances of the program's classes become tuples with a mark that the prelude's
//! `_rs_open` turns back into the real thing; everything else travels as it is.

use super::shared::Shared;
use crate::base::ObjectId;
use crate::process::Value;
use monty_types::{MontyClassInstance, MontyObject, MontyType};
use std::any::Any;
use std::sync::Arc;

/// The mark of a tuple that stands for something else.
pub(super) const MARK: &str = "\0rayscope";

/// Values nested deeper than this do not travel.
const DEEPEST: u32 = 100;

/// A value that any process of the program can take.
#[derive(Clone, Debug)]
pub(super) struct Portable {
    pub(super) object: MontyObject,
    /// Whether there are marked tuples in it.
    pub(super) special: bool,
    pub(super) refs: Vec<ObjectId>,
    pub(super) bytes: u64,
}

/// Makes a value portable; the error is the text of a `TypeError`.
pub(super) fn portable(object: MontyObject, shared: &Shared) -> Result<Portable, String> {
    let mut packer = Packer { shared, special: false, refs: Vec::new(), bytes: 8, depth: 0 };
    let object = packer.pack(object)?;
    Ok(Portable { object, special: packer.special, refs: packer.refs, bytes: packer.bytes })
}

impl Portable {
    /// As the engine carries it.
    pub(super) fn into_value(self) -> Value {
        let (bytes, contains) = (self.bytes, self.refs.clone());
        let payload: Arc<dyn Any + Send + Sync> = Arc::new(self);
        Value { bytes, contains, payload: Some(payload) }
    }
}

/// What the engine carried. A value without payload (of a static graph) is `None`.
pub(super) fn unwrap(value: &Value) -> (MontyObject, bool) {
    let payload = value.payload.as_ref().and_then(|payload| payload.downcast_ref::<Portable>());
    payload.map_or((MontyObject::None, false), |p| (p.object.clone(), p.special))
}

/// A marked tuple.
pub(super) fn marked(kind: &str, data: MontyObject) -> MontyObject {
    MontyObject::Tuple(vec![
        MontyObject::String(MARK.to_owned()),
        MontyObject::String(kind.to_owned()),
        data,
    ])
}

/// The integer, if it is one.
pub(super) fn integer(object: &MontyObject) -> Option<i64> {
    match object {
        MontyObject::Int(number) => Some(*number),
        MontyObject::Bool(flag) => Some(i64::from(*flag)),
        _ => None,
    }
}

/// The number, if it is one.
pub(super) fn number(object: &MontyObject) -> Option<f64> {
    match object {
        MontyObject::Int(number) => Some(*number as f64),
        MontyObject::Float(number) => Some(*number),
        MontyObject::Bool(flag) => Some(f64::from(u8::from(*flag))),
        _ => None,
    }
}

/// The text, if it is one.
pub(super) fn text(object: &MontyObject) -> Option<&str> {
    match object {
        MontyObject::String(text) => Some(text),
        _ => None,
    }
}

/// An attribute of an instance.
pub(super) fn attribute<'a>(
    instance: &'a MontyClassInstance,
    name: &str,
) -> Option<&'a MontyObject> {
    (&instance.attrs).into_iter().find(|(key, _)| text(key) == Some(name)).map(|(_, value)| value)
}

struct Packer<'a> {
    shared: &'a Shared,
    special: bool,
    refs: Vec<ObjectId>,
    bytes: u64,
    depth: u32,
}

impl Packer<'_> {
    fn pack(&mut self, object: MontyObject) -> Result<MontyObject, String> {
        self.bytes = self.bytes.saturating_add(shallow_bytes(&object));
        if self.depth > DEEPEST {
            return Err("the value is nested too deeply to travel to another process".to_owned());
        }
        self.depth += 1;
        let packed = self.pack_inner(object);
        self.depth -= 1;
        packed
    }

    fn pack_inner(&mut self, object: MontyObject) -> Result<MontyObject, String> {
        Ok(match object {
            MontyObject::List(items) => MontyObject::List(self.pack_all(items)?),
            MontyObject::Tuple(items) => MontyObject::Tuple(self.pack_all(items)?),
            MontyObject::Set(items) => MontyObject::Set(self.pack_all(items)?),
            MontyObject::Dict(pairs) => {
                let mut packed = Vec::new();
                for (key, value) in pairs {
                    packed.push((self.pack(key)?, self.pack(value)?));
                }
                MontyObject::dict(packed)
            }
            MontyObject::ClassInstance(instance) => self.instance(*instance)?,
            MontyObject::Repr(repr) => self.named(&repr)?,
            MontyObject::Type(MontyType::Instance(class)) => {
                let name = class.name;
                self.named(&format!("<class '{name}'>"))?
            }
            MontyObject::Function { .. } | MontyObject::FileHandle(_) | MontyObject::Cycle(..) => {
                return Err("cannot pickle this object".to_owned());
            }
            plain => plain,
        })
    }

    fn pack_all(&mut self, items: Vec<MontyObject>) -> Result<Vec<MontyObject>, String> {
        items.into_iter().map(|item| self.pack(item)).collect()
    }

    /// A function or class of the program travels as its name.
    fn named(&mut self, repr: &str) -> Result<MontyObject, String> {
        let name = repr.split('\'').nth(1).unwrap_or("");
        if !self.shared.prepared.kept.contains(name) {
            let what = if name == "<lambda>" { "a lambda" } else { name };
            return Err(format!(
                "{what} cannot travel to another process here: define it with def or class at the top of the program"
            ));
        }
        self.special = true;
        Ok(marked("global", MontyObject::String(name.to_owned())))
    }

    fn instance(&mut self, instance: MontyClassInstance) -> Result<MontyObject, String> {
        self.special = true;
        let get = |name: &str| attribute(&instance, name).cloned().unwrap_or(MontyObject::None);
        let class = instance.class_type.name.as_str();
        Ok(match class {
            "ObjectRef" => {
                let n = get("_n");
                self.refs.extend(object_id(&n));
                marked("ref", n)
            }
            "ndarray" => self.array(&get("_h"))?,
            "ActorHandle" => marked("actor", MontyObject::Tuple(vec![get("_n"), get("_name")])),
            "RemoteFunction" | "RemoteClass" => marked("global", get("_name")),
            "NodeAffinitySchedulingStrategy" => {
                marked("strategy", MontyObject::Tuple(vec![get("node_id"), get("soft")]))
            }
            "ObjectRefGenerator" => {
                return Err("an ObjectRefGenerator cannot travel to another process: give it the references, \
                            for example as list(generator)"
                    .to_owned());
            }
            "PlacementGroup" => {
                marked("group", MontyObject::Tuple(vec![get("_n"), get("bundle_specs")]))
            }
            "PlacementGroupSchedulingStrategy" => {
                let group = self.pack(get("placement_group"))?;
                let index = get("placement_group_bundle_index");
                let capture = get("placement_group_capture_child_tasks");
                marked("group strategy", MontyObject::Tuple(vec![group, index, capture]))
            }
            _ if !self.shared.prepared.kept.contains(class) => {
                return Err(format!(
                    "an instance of {class} cannot travel to another process: define the class at the top \
                     of the program"
                ));
            }
            _ => {
                let kind = class.to_owned();
                let mut attributes = Vec::new();
                for (name, value) in instance.attrs {
                    attributes.push(MontyObject::Tuple(vec![name, self.pack(value)?]));
                }
                marked(&kind, MontyObject::List(attributes))
            }
        })
    }

    fn array(&mut self, handle: &MontyObject) -> Result<MontyObject, String> {
        let handle = integer(handle).and_then(|n| u64::try_from(n).ok()).unwrap_or(u64::MAX);
        let data = array_data(self.shared, handle).ok_or("the array is gone")?;
        let array = self.shared.array(handle);
        self.bytes = self.bytes.saturating_add(array.map_or(0, |array| array.bytes()));
        Ok(marked("array", data))
    }
}

/// What the prelude's `ndarray` is made from: handle, size, shape, bytes, type.
pub(super) fn array_data(shared: &Shared, handle: u64) -> Option<MontyObject> {
    let array = shared.array(handle)?;
    let int = |n: u64| MontyObject::Int(i64::try_from(n).unwrap_or(i64::MAX));
    let shape = array.shape.iter().map(|n| int(*n as u64)).collect();
    Some(MontyObject::Tuple(vec![
        int(handle),
        int(array.size() as u64),
        MontyObject::Tuple(shape),
        int(array.bytes()),
        MontyObject::String(array.dtype.name().to_owned()),
        int(array.dtype.bytes() as u64),
    ]))
}

/// The object that a number stands for.
pub(super) fn object_id(object: &MontyObject) -> Option<ObjectId> {
    integer(object).and_then(|n| u32::try_from(n).ok()).map(ObjectId::new)
}

/// Roughly what pickle writes for it, without its elements.
fn shallow_bytes(object: &MontyObject) -> u64 {
    match object {
        MontyObject::None | MontyObject::Bool(_) => 1,
        MontyObject::Int(n) if (-128..128).contains(n) => 2,
        MontyObject::Int(_) => 6,
        MontyObject::Float(_) => 9,
        MontyObject::String(text) => text.len() as u64 + 3,
        MontyObject::Bytes(bytes) => bytes.len() as u64 + 5,
        MontyObject::List(items) | MontyObject::Tuple(items) | MontyObject::Set(items) => {
            items.len() as u64 + 3
        }
        MontyObject::ClassInstance(_) => 48,
        other => other.host_size() as u64,
    }
}
