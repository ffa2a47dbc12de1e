//! The AWS resources that objects make, and how they refer to each other.

use crate::{
    arns::{chosen_name, key_arn, parameter_arn, role_arn, secret_arn},
    pending::Controlled,
    resource::{Home, Noun},
    setting::Setting,
    value::{hole, text},
};
use policy_engine::{
    source::{Origin, Spanned},
    syntax::node::{Node, Value},
    text::Text,
};

/// A kind of controllers.
pub(super) struct Controller {
    /// Whether the objects of a group are its own.
    pub(super) is: fn(&str) -> bool,
    /// What an object makes, and where.
    pub(super) product: for<'n> fn(&'n Node, &'n Setting, &[Controlled]) -> Option<Product<'n>>,
    /// What an object of a kind makes.
    pub(super) noun: fn(&str, &str) -> Option<Noun>,
    /// The tags that the controller adds.
    pub(super) tags: fn(&Product<'_>) -> Vec<(Node, Node)>,
    /// The attributes of the product, in a spelling that the adapters know.
    pub(super) attributes: fn(&Product<'_>, &Set<'_>) -> Node,
}

/// An AWS resource that an object makes.
pub(super) struct Product<'n> {
    pub(super) noun: Noun,
    pub(super) node: &'n Node,
    /// `Role ack/pod-reader`
    pub(super) called: String,
    pub(super) home: Home,
    /// The name in AWS.
    pub(super) name: Spanned<String>,
    pub(super) arn: Option<Text>,
    /// Whether the object states all of the resource.
    pub(super) is_whole: bool,
}

/// All products, each with the number of its controller.
#[derive(Default)]
pub(super) struct Set<'n> {
    pub(super) products: Vec<(usize, Product<'n>)>,
}

/// What a reference is replaced by.
#[derive(Clone, Copy)]
pub(super) enum Part {
    Name,
    Arn,
}

impl Set<'_> {
    /// The name or ARN of the product of an object of that name; a hole where no object does.
    pub(super) fn named(
        &self,
        from: &Product<'_>,
        noun: Noun,
        part: Part,
        (name, namespace): (&Node, Option<&str>),
    ) -> Node {
        let wanted = spelt(Some(name));
        let namespace = namespace
            .map(str::to_owned)
            .or_else(|| metadata(from.node, "namespace"));
        let is_named =
            |product: &&Product<'_>| wanted.is_some() && metadata(product.node, "name") == wanted;
        let all: Vec<_> = self.of(from, noun).filter(is_named).collect();
        let mut near = all
            .iter()
            .filter(|product| metadata(product.node, "namespace") == namespace);
        // Where no source states one of the namespaces, the only object of the name is meant.
        let is_unstated = |product: &&&Product<'_>| {
            namespace.is_none() || metadata(product.node, "namespace").is_none()
        };
        let product = near
            .next()
            .or_else(|| all.first().filter(|_| all.len() == 1).filter(is_unstated))
            .copied();
        let shown = wanted.unwrap_or_default();
        value(product, part, name.origin, &shown)
    }

    /// The same for the only product whose object has some labels.
    pub(super) fn selected(
        &self,
        from: &Product<'_>,
        noun: Noun,
        part: Part,
        labels: &Node,
    ) -> Node {
        let wanted = labels.as_map().unwrap_or_default();
        let has = |product: &Product<'_>| {
            let own = product.node.at(&["metadata", "labels"]);
            wanted.iter().all(|(key, value)| {
                let own = key.as_str().and_then(|key| spelt(own?.get(key)));
                own.is_some() && own == spelt(Some(value))
            })
        };
        let mut all = self.of(from, noun).filter(|product| has(product));
        let first = all.next().filter(|_| !wanted.is_empty());
        let product = first.filter(|_| all.next().is_none());
        value(product, part, labels.origin, "object that labels select")
    }

    fn of<'s>(
        &'s self,
        from: &'s Product<'_>,
        noun: Noun,
    ) -> impl Iterator<Item = &'s Product<'s>> {
        let own = self
            .products
            .iter()
            .find(|(_, product)| std::ptr::eq(product, from));
        let own = own.map(|(number, _)| *number);
        let all = self
            .products
            .iter()
            .filter(move |(number, _)| Some(*number) == own);
        all.map(|(_, product)| product)
            .filter(move |product| product.noun == noun)
    }
}

fn value(product: Option<&Product<'_>>, part: Part, origin: Origin, shown: &str) -> Node {
    let known = product.and_then(|product| match part {
        Part::Name => Some(Text::shown(&product.name.value)),
        Part::Arn => product.arn.clone(),
    });
    match known {
        Some(known) => text(known, origin),
        None => hole(&format!("`{shown}`, to which an object refers"), origin),
    }
}

/// The group of an object.
pub(super) fn group(node: &Node) -> &str {
    let version = node.get("apiVersion").and_then(Node::as_str);
    let group = version.and_then(|version| version.split_once('/'));
    group.map_or("", |(group, _)| group)
}

/// A member of the metadata.
pub(super) fn metadata(node: &Node, name: &str) -> Option<String> {
    spelt(node.at(&["metadata", name]))
}

/// A scalar as it is spelt.
pub(super) fn spelt(node: Option<&Node>) -> Option<String> {
    node?.scalar_text().map(|text| text.to_string())
}

/// A name that AWS or the controller chooses.
pub(super) fn chosen(called: &str, origin: Origin) -> Spanned<String> {
    Spanned::new(chosen_name(called), origin)
}

/// The ARN that follows from a name.
pub(super) fn arn(noun: Noun, home: &Home, name: &str, path: Option<String>) -> Option<Text> {
    let (partition, account) = (&home.partition, home.account.as_ref()?);
    let path = path.unwrap_or_else(|| "/".to_owned());
    let iam = |word: &str| {
        let arn = role_arn(partition, account, &path, name);
        Some(Text::shown(&arn.replacen(
            ":role/",
            &format!(":{word}/"),
            1,
        )))
    };
    match noun {
        Noun::Role => return iam("role"),
        Noun::Policy => return iam("policy"),
        _ => {}
    }
    let region = home.region.as_ref()?;
    match noun {
        Noun::Secret => Some(secret_arn(partition, region, account, None, account, name)),
        Noun::Key => Some(key_arn(partition, region, account, None, account, name)),
        Noun::Parameter => Some(Text::shown(&parameter_arn(
            partition, region, account, name,
        ))),
        Noun::Cluster => Some(Text::shown(&format!(
            "arn:{partition}:eks:{region}:{account}:cluster/{name}"
        ))),
        _ => None,
    }
}

/// The account in an ARN.
pub(super) fn account_of(arn: &str) -> Option<String> {
    let account = arn.split(':').nth(4)?;
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    is_account.then(|| account.to_owned())
}

pub(super) fn map(members: Vec<(Node, Node)>, origin: Origin) -> Node {
    let value = Value::Map(members);
    Node { value, origin }
}

/// Members under other names; those that are not named are left out.
pub(super) fn renamed(node: &Node, names: &[(&str, &str)]) -> Vec<(Node, Node)> {
    let mut members = Vec::new();
    for (from, to) in names {
        if let Some((key, value)) = node.entry(from) {
            members.push((text(*to, key.origin), value.clone()));
        }
    }
    members
}

/// The elements of a list, changed one by one.
pub(super) fn each(node: &Node, change: impl Fn(&Node) -> Node) -> Node {
    match &node.value {
        Value::List(items) => Node {
            value: Value::List(items.iter().map(change).collect()),
            origin: node.origin,
        },
        _ => node.clone(),
    }
}
