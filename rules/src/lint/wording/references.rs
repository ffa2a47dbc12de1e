//! References to resources whose ARN has an unknown part, in the language of the place.

use super::block::Block;
use policy_engine::{
    inventory::{Inventory, find::Object},
    source::{Origin, Source, SourceId, SourceMap},
    syntax::arn::Arn,
    text::{Part, Text},
};
use std::collections::{HashMap, HashSet};

/// The account of the only source whose account no input states: the loader gives this name and this id to it (`loader::UNNAMED_ACCOUNT`).
const UNNAMED: (&str, &str) = ("account", "000000000000");

/// Stands for the id of an account that no input states.
const ACCOUNT: &str = "<account id>";

/// The resources of a world, by their ARNs.
pub(super) struct References<'a> {
    sources: &'a SourceMap,
    /// Whether an account has the id that stands for an unknown one.
    is_unnamed: bool,
    /// The places of the definitions.
    places: HashMap<String, Origin>,
    /// The templates of CloudFormation.
    templates: HashSet<SourceId>,
}

/// The languages in which a resource refers to another.
#[derive(Clone, Copy)]
enum Language<'a> {
    Terraform(Option<&'a Source>),
    CloudFormation(&'a Source),
}

impl<'a> References<'a> {
    pub(super) fn new(inventory: &Inventory, sources: &'a SourceMap) -> Self {
        let mut accounts = inventory.accounts.iter();
        let is_unnamed = accounts.any(|account| {
            let name = account.name.as_deref();
            (name, account.id.as_str()) == (Some(UNNAMED.0), UNNAMED.1)
                && !account.origin.is_somewhere()
        });
        let roles = inventory.roles.iter();
        let roles = roles.map(|role| (role.arn.to_string(), role.origin));
        let objects = inventory.objects();
        let objects = objects.chain(inventory.keys.iter().map(Object::Key));
        let objects = objects.map(|object| (requested(object), origin(object)));
        let is_template = |source: &Source| source.text.contains("AWS::");
        let templates = sources.iter().filter(|(_, source)| is_template(source));
        Self {
            sources,
            is_unnamed,
            places: roles.chain(objects).collect(),
            templates: templates.map(|(id, _)| id).collect(),
        }
    }

    /// Whether a source is a template of CloudFormation.
    pub(super) fn is_template(&self, source: SourceId) -> bool {
        self.templates.contains(&source)
    }

    /// A help for a place, in which no ARN has an unknown part that the language can refer to, and no id stands for an unknown account.
    pub(super) fn write(&self, place: Origin, help: &str) -> String {
        let language = self.language(place);
        let is_repeated = match language {
            Some(Language::Terraform(Some(source))) => {
                Block::around(source, place).is_some_and(|block| block.instances.is_some())
            }
            _ => false,
        };
        if !is_repeated && !self.is_open(help) {
            return help.to_owned();
        }
        let mut out = String::new();
        let mut rest = help;
        while let Some((before, (arn, after))) = quoted(rest) {
            out.push_str(before);
            let reference = language.filter(|_| is_repeated || self.is_open(arn));
            match reference.and_then(|language| self.reference(language, place, arn)) {
                Some(reference) => out.push_str(&reference),
                None => {
                    out.push('"');
                    out.push_str(arn);
                    out.push('"');
                }
            }
            rest = after;
        }
        out.push_str(rest);
        if self.is_unnamed {
            out = out.replace(UNNAMED.1, ACCOUNT);
        }
        out
    }

    /// Whether a text has an unknown part, or the id that stands for one.
    fn is_open(&self, text: &str) -> bool {
        self.is_unnamed && text.contains(UNNAMED.1) || !Text::shown(text).is_known()
    }

    fn language(&self, place: Origin) -> Option<Language<'a>> {
        if self.sources.address(place).is_some() {
            return Some(Language::Terraform(None));
        }
        let source = self.sources.get(place.source)?;
        if [".tf", ".tofu"]
            .iter()
            .any(|end| source.name.ends_with(end))
        {
            return Some(Language::Terraform(Some(source)));
        }
        let is_shown = self.sources.is_shown(place.source);
        (is_shown && self.is_template(place.source)).then_some(Language::CloudFormation(source))
    }

    fn reference(&self, language: Language<'_>, place: Origin, arn: &str) -> Option<String> {
        match language {
            Language::CloudFormation(source) => self.of_template(source, arn),
            Language::Terraform(source) => {
                let address = self.address(place, source, arn)?;
                Some(format!("{address}.arn"))
            }
        }
    }

    /// The function of CloudFormation that returns an ARN (AWS CloudFormation User Guide, "Intrinsic function reference"). JSON and YAML read its
    /// long form.
    fn of_template(&self, source: &Source, arn: &str) -> Option<String> {
        let shown = Text::shown(arn);
        let mut text = String::new();
        for part in shown.parts() {
            match part {
                Part::Literal(known) => text.push_str(&known.replace("${", "${!")),
                Part::Hole(hole) => {
                    let resource = logical_id(source, &hole.name)?;
                    // `Ref` returns the ARN of a secret, and the name or the id of a role, a parameter and a key.
                    if arn.contains(":secretsmanager:") {
                        return Some(format!("{{\"Ref\": \"{resource}\"}}"));
                    }
                    if text.ends_with(":key/") {
                        return Some(format!("{{\"Fn::GetAtt\": [\"{resource}\", \"Arn\"]}}"));
                    }
                    text.push_str(&format!("${{{resource}}}"));
                }
            }
        }
        if self.is_unnamed {
            text = text.replace(UNNAMED.1, "${AWS::AccountId}");
        }
        Some(format!("{{\"Fn::Sub\": \"{text}\"}}"))
    }

    /// The address of a resource, as a place in the same module writes it.
    fn address(&self, place: Origin, source: Option<&Source>, arn: &str) -> Option<String> {
        let shown = Text::shown(arn);
        let hole = shown.holes().first().map(|(_, hole)| hole.name.to_string());
        let named = hole.as_deref().and_then(resource_of_hole);
        let Some(source) = source else {
            return named.map(str::to_owned);
        };
        let definition = self.places.get(arn)?;
        let home = self.sources.get(definition.source)?;
        let folder = |name: &str| name.rsplit_once('/').map(|(folder, _)| folder.to_owned());
        if folder(&home.name) != folder(&source.name) {
            return None;
        }
        let block = Block::around(home, *definition);
        let block = block.filter(|block| Some(block.kind) == terraform_type(arn));
        let here = Block::around(source, place).and_then(|block| block.instances);
        let same = block.filter(|block| block.instances.is_some() && block.instances == here);
        match (named, block, same.and_then(|block| block.instances)) {
            (_, Some(block), Some(instances)) => {
                let (kind, name, key) = (block.kind, block.name, instances.key());
                Some(format!("{kind}.{name}[{key}]"))
            }
            (Some(named), ..) => Some(named.to_owned()),
            (None, Some(block), None) if block.instances.is_none() => {
                Some(format!("{}.{}", block.kind, block.name))
            }
            _ => None,
        }
    }
}

/// The ARN of an object as a request shows it.
fn requested(object: Object<'_>) -> String {
    object.arn().to_string()
}

fn origin(object: Object<'_>) -> Origin {
    match object {
        Object::Secret(secret) => secret.origin,
        Object::Parameter(parameter) => parameter.origin,
        Object::Key(key) => key.origin,
    }
}

/// The first ARN between quotation marks, with the text before and behind. An unknown part can contain quotation marks.
fn quoted(text: &str) -> Option<(&str, (&str, &str))> {
    let (before, rest) = text.split_at_checked(text.find("\"arn:")?)?;
    let rest = rest.strip_prefix('"')?;
    let mut depth = 0_usize;
    let end = rest.char_indices().find_map(|(at, character)| {
        match character {
            '<' => depth += 1,
            '>' => depth = depth.saturating_sub(1),
            _ => {}
        }
        (character == '"' && depth == 0).then_some(at)
    })?;
    let (arn, after) = rest.split_at_checked(end)?;
    Some((before, (arn, after.strip_prefix('"')?)))
}

/// The logical id in the name of an unknown part: `name of Reader in stack.yaml`, `id of shop:Key in stack.yaml`.
fn logical_id<'h>(source: &Source, hole: &'h str) -> Option<&'h str> {
    let (_, resource) = hole.split_once(" of ")?;
    let (resource, template) = resource.split_once(" in ")?;
    let resource = resource.rsplit(':').next()?;
    let is_id = resource.chars().all(|own| own.is_ascii_alphanumeric());
    (is_id && template == source.name).then_some(resource)
}

/// The address in the name of an unknown part: `id of shop:aws_kms_key.app`, `aws_iam_role.app.name`.
fn resource_of_hole(hole: &str) -> Option<&str> {
    let address = hole.rsplit_once(" of ").map_or(hole, |(_, rest)| rest);
    let address = match address.split_once(':') {
        Some((account, rest)) if !account.contains(['.', '"']) => rest,
        _ => address,
    };
    let address = [".name", ".id", ".arn", ".key_id"]
        .into_iter()
        .find_map(|attribute| address.strip_suffix(attribute))
        .unwrap_or(address);
    address.starts_with("aws_").then_some(address)
}

/// The type of the resource of Terraform that makes what an ARN names.
fn terraform_type(arn: &str) -> Option<&'static str> {
    let arn = Arn::parse(arn)?;
    match (arn.service, arn.resource) {
        ("iam", role) if role.starts_with("role/") => Some("aws_iam_role"),
        ("secretsmanager", _) => Some("aws_secretsmanager_secret"),
        ("ssm", _) => Some("aws_ssm_parameter"),
        ("kms", key) if key.starts_with("key/") => Some("aws_kms_key"),
        _ => None,
    }
}
