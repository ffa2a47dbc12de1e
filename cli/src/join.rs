//! Joins the findings about one mistake, after exceptions and the baseline: what they accept represents nothing.

use crate::issue::{Issue, Represented};
use rules::finding::group::Group;
use std::collections::{BTreeMap, HashSet};

/// The findings to report, and those that one of them represents.
#[derive(Debug, Default)]
pub struct Joined {
    /// The findings to report, and the accepted ones.
    pub issues: Vec<Issue>,
    /// The findings that another finding represents.
    pub represented: Vec<Issue>,
}

/// Joins the findings of each group that nothing accepts. The severity is the greatest of them.
pub fn join(issues: Vec<Issue>, groups: &[Group]) -> Joined {
    let mut joined = Joined::default();
    let mut members: BTreeMap<usize, Vec<Issue>> = BTreeMap::new();
    for issue in issues {
        match issue.part {
            Some((group, _)) if issue.is_active() => members.entry(group).or_default().push(issue),
            _ => joined.issues.push(issue),
        }
    }
    for (number, members) in members {
        let numbers: HashSet<usize> = members.iter().filter_map(number_in_group).collect();
        let shown = groups.get(number);
        let shown = shown.and_then(|group| group.shown(|number| numbers.contains(&number)));
        let severity = members.iter().map(|issue| issue.severity).min();
        let Some(((own, finding), severity)) = shown.zip(severity) else {
            joined.issues.extend(members);
            continue;
        };
        let is_own = |issue: &Issue| number_in_group(issue) == Some(own);
        let (shown, others): (Vec<_>, Vec<_>) = members.into_iter().partition(is_own);
        let represents: Vec<Represented> = others.iter().map(Represented::of).collect();
        joined.represented.extend(others);
        joined.issues.extend(shown.into_iter().map(|issue| Issue {
            severity,
            part: issue.part,
            represents: represents.clone(),
            ..Issue::new(&finding, issue.world)
        }));
    }
    joined
}

fn number_in_group(issue: &Issue) -> Option<usize> {
    issue.part.map(|(_, number)| number)
}
