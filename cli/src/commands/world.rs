//! `world`: prints the facts of all sources as one world file.

use super::{Trouble, deliver, files, give, json, json_line, notes, read_stated};
use crate::{
    args::{Common, Format, World},
    exit::Exit,
    render::world,
};
use policy_engine::simulator::Simulator;
use serde::Serialize;

#[derive(Serialize)]
struct Answer<'a> {
    schema: &'static str,
    world: &'a str,
    notes: Vec<String>,
}

/// Prints a world.
pub fn run(arguments: &World, common: &Common) -> Result<Exit, Trouble> {
    let mut loaded = read_stated(&arguments.paths, common)?;
    give(&mut loaded.inventory, common);
    let simulator = Simulator::new(&loaded.inventory);
    let about = loaded
        .world
        .as_ref()
        .and_then(|world| world.about.as_deref());
    let text = world::world(
        &loaded.inventory,
        simulator.mounts(),
        &loaded.promises,
        about,
    );
    let messages = || {
        loaded
            .notes
            .iter()
            .map(|note| note.message.clone())
            .collect()
    };
    deliver(common, |format, style| match format {
        // Comments first: the result is still one world file.
        Format::Text => {
            let comments = if arguments.explain_merge {
                files(&loaded, style) + &notes(&loaded, &style.plain())
            } else {
                String::new()
            };
            let comments: String = comments.lines().map(|line| format!("# {line}\n")).collect();
            format!("{comments}{text}")
        }
        Format::Json => json(&Answer {
            schema: "ascp-policy/world/v1",
            world: &text,
            notes: messages(),
        }),
        Format::Jsonl => json_line(&Answer {
            schema: "ascp-policy/world/v1",
            world: &text,
            notes: messages(),
        }),
    })?;
    Ok(Exit::Yes)
}
