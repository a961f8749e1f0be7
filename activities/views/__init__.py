"""Which of the rules, in what order: plans with their activities, activities, updates, evidence."""
