package core

import (
	"slices"
	"strings"
)

// A Category says what part of somebody's life a fact is about. Its value is
// the stable id; Name is what people see.
type Category string

// The categories, in display order.
const (
	Actionable           Category = "actionable"
	Goals                Category = "goals"
	RelationshipStrategy Category = "relationship_strategy"
	Social               Category = "social"
	Wellbeing            Category = "wellbeing"
	Avocation            Category = "avocation"
	Professional         Category = "professional_background"
	Environment          Category = "environment_and_lifestyle"
	Psychology           Category = "psychology_and_values"
	Communication        Category = "communication_style"
	Challenges           Category = "challenges_and_development"
	Insights             Category = "deeper_insights"
	Financial            Category = "financial_situation"
	Admin                Category = "admin_matters"
	Patterns             Category = "established_patterns"
	Identity             Category = "core_identity"
	Gaps                 Category = "information_gaps"
	Anchors              Category = "memory_anchors"
	Positionality        Category = "positionality"
	Others               Category = "others"
)

// Categories lists all categories in display order.
func Categories() []Category {
	return []Category{
		Actionable, Goals, RelationshipStrategy, Social, Wellbeing, Avocation, Professional,
		Environment, Psychology, Communication, Challenges, Insights, Financial, Admin,
		Patterns, Identity, Gaps, Anchors, Positionality, Others,
	}
}

// Valid reports whether c is one of the 20 categories.
func (c Category) Valid() bool { return slices.Contains(Categories(), c) }

// Name returns the display name: "Environment and lifestyle".
func (c Category) Name() string {
	words := strings.ReplaceAll(string(c), "_", " ")
	if words == "" {
		return ""
	}
	return strings.ToUpper(words[:1]) + words[1:]
}

// CategoryNamed returns the category with that id or display name, in any
// case, and reports whether there is one.
func CategoryNamed(name string) (Category, bool) {
	c := Category(strings.ReplaceAll(strings.ToLower(strings.TrimSpace(name)), " ", "_"))
	return c, c.Valid()
}
