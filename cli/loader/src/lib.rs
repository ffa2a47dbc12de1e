//! Reads every description of a world: finds the files, detects their kinds, and merges their facts.
//!
//! This is the only code that opens input files. It decides nothing about access and prints nothing; every problem of
//! a run is collected with its place.

mod adapt;
mod allowance;
mod arns;
mod assembly;
mod built;
mod decode;
mod deployed;
mod detect;
mod discover;
mod door;
mod fields;
mod files;
mod finish;
mod format;
mod hcl;
mod implicit;
mod issuer;
mod keep;
mod kind;
mod kustomize;
mod language;
mod late;
mod live;
mod loaded;
mod loading;
mod managed;
mod merge;
mod open;
mod opened;
mod options;
mod parse;
mod path;
mod pending;
mod policy;
mod problem;
mod progress;
mod promised;
mod resource;
mod root;
mod setting;
mod shape;
mod shown;
mod stages;
mod stray;
mod suspect;
mod synced;
mod tracked;
mod unclaimed;
mod unnamed;
mod unread;
mod value;
mod values;
mod walk;
mod words;
mod world;

pub use arns::partition_of;
pub use door::{Refused, beginning, read_inside, read_named, stream_named, text as decoded};
pub use kind::Kind;
pub use language::aws::answer::Answer;
pub use language::read_kinds;
pub use live::{Answers, Item, Level, Live, Place};
pub use loaded::{Annotation, FileRead, Loaded, Note, Unnamed, Unread, World};
pub use loading::nearest;
pub use options::{Options, Overlay};
pub use path::display as shown_path;
pub use problem::{LoadError, Problem};
pub use promised::{Promised, facts_differ, with_promises_of};
pub use root::Root;
pub use shown::{EXCEPTION, Understood, broken, shown};
pub use unnamed::ID as UNNAMED_ACCOUNT;

use loading::Loading;

/// Reads the inputs that the options name, or the world file above them.
///
/// With a world file its includes are read and the paths do not matter; without one every file under the paths is
/// read by the kind of its content.
///
/// With [`Options::any_account`], a single source of AWS resources whose account nothing states is read with the account
/// [`UNNAMED_ACCOUNT`], if no answer can depend on the id ([`Loaded::unnamed`]).
pub fn load(options: &Options) -> Result<Loaded, Box<LoadError>> {
    let first = pass(options)?;
    Ok(unnamed::settle(options, first, |again| pass(again).ok()))
}

fn pass(options: &Options) -> Result<Loaded, Box<LoadError>> {
    let mut loading = Loading::new(options);
    let worlds = match discover::find(options, &mut loading) {
        discover::Selection::World(path) => {
            let worlds = world::read(&mut loading, &path);
            // A user who names a world wants that world and no other.
            if options.world.is_none() {
                walk::beside(&mut loading, &path);
            }
            worlds
        }
        discover::Selection::Paths(paths) => {
            files::read_paths(&mut loading, &paths);
            world::Worlds::default()
        }
        discover::Selection::Nothing => {
            live::take::take(&mut loading);
            world::Worlds::default()
        }
    };
    finish::finish(loading, worlds)
}
