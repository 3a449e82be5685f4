"""Jobs that outlive the process that took them, and the schedules that make them."""
