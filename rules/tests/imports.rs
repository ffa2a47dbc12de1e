//! Who imports whom: no circle of imports runs through two folders of a crate.

#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what cannot be read has failed"
)]

use petgraph::{algo::tarjan_scc, graph::DiGraph};
use proc_macro2::{TokenStream, TokenTree};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
    slice::from_ref,
};

/// The circles that stay, each within one folder: the crate, the modules, and why they need each other.
const WANTED: [(&str, &[&str], &str); 0] = [];

/// The modules and folders of `rules`, each above those that it may import.
const LAYERS: [&str; 19] = [
    "share", "rule", "finding", "text", "catalog", "input", "document", "world", "mount",
    "context", "ask", "promise", "check", "family", "registry", "explain", "page", "lint", "crate",
];

/// The modules of a crate, as `document::facts`, each with those that it names; the root is `crate`.
type Imports = BTreeMap<String, BTreeSet<String>>;

#[test]
fn circles_stay_within_a_folder() {
    let imports: BTreeMap<_, _> = crates()
        .map(|(name, root)| (name, imports(&root)))
        .collect();
    let mut failures = Vec::new();
    for (name, imports) in &imports {
        let is_wanted = |circle: &Vec<String>| {
            let mut wanted = WANTED.iter();
            wanted.any(|(of, modules, _)| of == name && modules == circle)
        };
        let (wanted, unwanted): (Vec<_>, Vec<_>) =
            circles(imports).into_iter().partition(is_wanted);
        if !unwanted.is_empty() {
            failures.push(format!("{name} has circles: {unwanted:#?}"));
        }
        for circle in wanted {
            let folders: BTreeSet<_> = circle
                .iter()
                .map(|module| folder(module, imports))
                .collect();
            if folders.len() > 1 {
                failures.push(format!("{circle:?} of {name} runs through {folders:?}"));
            }
        }
    }
    for (name, modules, why) in WANTED {
        let is_there = circles(&imports[name])
            .iter()
            .any(|circle| circle == modules);
        if !is_there {
            failures.push(format!(
                "{modules:?} of {name} is no circle: take it off `WANTED` ({why})"
            ));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn rules_import_from_below() {
    let (_, root) = crates()
        .find(|(name, _)| name == "ascp-policy-rules")
        .unwrap();
    let layer = |module: &str| {
        let folder = module.split("::").next().unwrap();
        let layer = LAYERS.iter().position(|layer| *layer == folder);
        layer.unwrap_or_else(|| panic!("`{folder}` is missing in `LAYERS`"))
    };
    let mut upwards = Vec::new();
    for (module, others) in imports(&root) {
        let above = others
            .into_iter()
            .filter(|other| layer(other) > layer(&module));
        upwards.extend(above.map(|other| format!("{module} imports {other}")));
    }
    assert!(upwards.is_empty(), "{upwards:#?}");
}

/// The crates of the workspace, each with the file of its root module.
fn crates() -> impl Iterator<Item = (String, PathBuf)> {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--no-deps",
            "--offline",
            "--format-version",
            "1",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap().clone();
    assert!(packages.len() >= 4, "{packages:?}");
    packages.into_iter().map(|package| {
        let mut targets = package["targets"].as_array().unwrap().iter();
        let library = targets.find(|target| target["kind"][0] == "lib").unwrap();
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        (
            text(&package["name"]),
            PathBuf::from(text(&library["src_path"])),
        )
    })
}

/// The circles of a crate, each sorted.
fn circles(imports: &Imports) -> Vec<Vec<String>> {
    let mut graph = DiGraph::<&str, ()>::new();
    let nodes: BTreeMap<_, _> = imports
        .keys()
        .map(|module| (module, graph.add_node(module)))
        .collect();
    for (module, others) in imports {
        graph.extend_with_edges(others.iter().map(|other| (nodes[module], nodes[other])));
    }
    let circles = tarjan_scc(&graph)
        .into_iter()
        .filter(|circle| circle.len() > 1);
    let circles = circles.map(|circle| {
        let mut circle: Vec<_> = circle
            .into_iter()
            .map(|node| graph[node].to_owned())
            .collect();
        circle.sort();
        circle
    });
    circles.collect()
}

/// What each module of a crate imports from its own crate.
fn imports(root: &Path) -> Imports {
    let mut sources = BTreeMap::new();
    let folder = root.parent().unwrap();
    read(root, folder, &[], &mut sources);
    let each = sources.iter().map(|(module, paths)| {
        let targets = paths.iter().map(|path| {
            let mut beginnings = (0..=path.len()).rev().map(|length| &path[..length]);
            beginnings
                .find(|beginning| sources.contains_key(*beginning))
                .unwrap()
        });
        let others = targets.filter(|target| target != module);
        (name(module), others.map(name).collect())
    });
    each.collect()
}

fn name(module: &[String]) -> String {
    match module {
        [] => "crate".to_owned(),
        path => path.join("::"),
    }
}

/// The folder of a module: a module with children is in the folder of these.
fn folder<'m>(module: &'m str, imports: &Imports) -> &'m str {
    let inner = format!("{module}::");
    if imports.keys().any(|other| other.starts_with(&inner)) {
        return module;
    }
    module
        .rsplit_once("::")
        .map_or("crate", |(folder, _)| folder)
}

/// Reads a module and its children, for each the paths that begin in its crate.
fn read(
    file: &Path,
    folder: &Path,
    module: &[String],
    sources: &mut BTreeMap<Vec<String>, Vec<Vec<String>>>,
) {
    let text = fs::read_to_string(file).unwrap();
    let tokens = tokens(text.parse().unwrap());
    let children = children(&tokens);
    let mut paths = Vec::new();
    collect(&tokens, &[], &mut paths);
    let own = paths
        .iter()
        .filter_map(|path| from_root(path, module, &children));
    sources.insert(module.to_vec(), own.collect());
    for child in children {
        let inner = folder.join(&child);
        let module = [module, &[child]].concat();
        read(&inner.with_extension("rs"), &inner, &module, sources);
    }
}

/// A token of a source; `::` is one.
enum Token {
    Name(String),
    Join,
    Group(Vec<Token>),
    Other(String),
}

fn tokens(stream: TokenStream) -> Vec<Token> {
    let mut trees = stream.into_iter().peekable();
    let mut tokens = Vec::new();
    while let Some(tree) = trees.next() {
        let colon =
            |tree: &TokenTree| matches!(tree, TokenTree::Punct(mark) if mark.as_char() == ':');
        tokens.push(match tree {
            TokenTree::Ident(name) => Token::Name(name.to_string()),
            TokenTree::Group(group) => Token::Group(self::tokens(group.stream())),
            tree if colon(&tree) && trees.next_if(colon).is_some() => Token::Join,
            tree => Token::Other(tree.to_string()),
        });
    }
    tokens
}

/// The modules that a source declares in files of their own.
fn children(tokens: &[Token]) -> Vec<String> {
    let declared = tokens.windows(3).filter_map(|three| match three {
        [Token::Name(word), Token::Name(name), Token::Other(end)]
            if word == "mod" && end == ";" =>
        {
            Some(name.clone())
        }
        _ => None,
    });
    declared.collect()
}

/// Adds the paths of a source; those in braces behind `::` have their beginning in front of these.
///
/// Modules within the source are left out: they hold tests.
fn collect(mut tokens: &[Token], beginning: &[String], paths: &mut Vec<Vec<String>>) {
    loop {
        tokens = match tokens {
            [
                Token::Name(word),
                Token::Name(_),
                Token::Group(_),
                rest @ ..,
            ] if word == "mod" => rest,
            // `pub(in …)` imports nothing.
            [Token::Name(word), Token::Group(_), rest @ ..] if word == "pub" => rest,
            [Token::Name(first), rest @ ..] => {
                collect_path(&[beginning, from_ref(first)].concat(), rest, paths)
            }
            [Token::Group(inner), rest @ ..] => {
                collect(inner, &[], paths);
                rest
            }
            [_, rest @ ..] => rest,
            [] => return,
        };
    }
}

/// Adds the path, or the paths, that begin with a name; gives the tokens behind.
fn collect_path<'t>(
    path: &[String],
    tokens: &'t [Token],
    paths: &mut Vec<Vec<String>>,
) -> &'t [Token] {
    match tokens {
        [Token::Join, Token::Name(next), rest @ ..] => {
            collect_path(&[path, from_ref(next)].concat(), rest, paths)
        }
        [Token::Join, Token::Group(inner), rest @ ..] => {
            collect(inner, path, paths);
            rest
        }
        [Token::Join, Token::Other(star), rest @ ..] if star == "*" => {
            paths.push([path, from_ref(star)].concat());
            rest
        }
        rest => {
            paths.push(path.to_vec());
            rest
        }
    }
}

/// A path from the root of the crate; `None` where it begins elsewhere.
fn from_root(path: &[String], module: &[String], children: &[String]) -> Option<Vec<String>> {
    let (first, rest) = path.split_first()?;
    match first.as_str() {
        "crate" if !rest.is_empty() => Some(rest.to_vec()),
        "self" if !rest.is_empty() => {
            from_root(rest, module, children).or_else(|| Some([module, rest].concat()))
        }
        "super" if !rest.is_empty() => {
            let (_, parent) = module.split_last()?;
            from_root(rest, parent, &[]).or_else(|| Some([parent, rest].concat()))
        }
        _ if children.contains(first) && !rest.is_empty() => Some([module, path].concat()),
        _ => None,
    }
}
