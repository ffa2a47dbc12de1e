//! The world file: facts by name and promises, with the sources it includes (docs/guide/world-file.md).
//!
//! A world is read twice. First its header, accounts and includes, and those of the worlds it includes; then, when all
//! names are known, everything that refers to something.

mod accounts;
mod data;
mod decoder;
mod expect;
mod iam;
mod include;
mod names;
mod organization;
mod parsed;
mod reading;
mod references;

use super::{
    assembly,
    kind::Kind,
    language::{cloudformation, controllers, kubernetes, terraform},
    live,
    loaded::World,
    loading::Loading,
    opened::Wanted,
    path::display,
    root::Root,
};
use decoder::Decoder;
use names::Names;
use policy_engine::{inventory::promise::Promises, syntax::node::Node};
use reading::Reading;
use std::path::Path;

/// What the worlds of a run hold beside facts.
#[derive(Default)]
pub(super) struct Worlds {
    /// The world that was asked for.
    pub(super) top: Option<World>,
    /// The promises of all worlds.
    pub(super) promises: Promises,
}

/// Reads a world file with everything it includes.
pub(super) fn read(loading: &mut Loading, path: &Path) -> Worlds {
    let root = Root::of(path);
    let mut reading = Reading {
        loading,
        root,
        chain: Vec::new(),
        seen: Vec::new(),
        parsed: Vec::new(),
    };
    let name = display(path);
    let wanted = Wanted {
        path: path.to_path_buf(),
        name,
        named: true,
        because: None,
        kind: Some(Kind::WORLD),
    };
    reading.world(&wanted, true);
    let (parsed, root) = (reading.parsed, reading.root);
    assembly::follow(loading);
    terraform::take(loading);
    cloudformation::take(loading);
    kubernetes::settle(loading);
    controllers::take(loading);
    live::take::take(loading);

    let names = Names::new(loading, &parsed);
    let mut worlds = Worlds::default();
    for world in &parsed {
        let mut decoder = Decoder::new(loading, &names, &root, world);
        decoder.facts();
        let promises = decoder.promises();
        worlds.promises.pods.extend(promises.pods);
        worlds.promises.readers.extend(promises.readers);
        if world.is_top {
            let about = world
                .node
                .get("about")
                .and_then(Node::as_str)
                .map(str::to_owned);
            worlds.top = Some(World {
                source: world.source,
                about,
                has_expect: world.node.get("expect").is_some(),
            });
        }
    }
    worlds
}
