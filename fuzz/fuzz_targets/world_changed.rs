//! A world of colliding words, printed and then changed at one place: it is read, or refused with places inside its text.

#![no_main]

use ascp_policy_fuzz::made::{change::change, read, world, yaml};
use libfuzzer_sys::{
    arbitrary::{Result, Unstructured},
    fuzz_target,
};
use loader::Options;
use std::{fs, path::PathBuf, sync::LazyLock};

static WORLD: LazyLock<PathBuf> =
    LazyLock::new(|| read::directory("world").join("ascp-policy.yaml"));

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = text(&mut Unstructured::new(bytes)) else {
        return;
    };
    fs::write(&*WORLD, text).expect("the world file can be written");
    let options = Options {
        world: Some(WORLD.clone()),
        ..Options::default()
    };
    read::read(&options, true);
});

fn text(input: &mut Unstructured<'_>) -> Result<String> {
    let (world, _) = world::world(input)?;
    let mut text = if input.arbitrary()? {
        world.to_string().replacen('{', "{\"ascp-policy\": 1, ", 1)
    } else {
        yaml::document(&world).replacen("---", "ascp-policy: 1", 1)
    };
    change(&mut text, input)?;
    Ok(text)
}
