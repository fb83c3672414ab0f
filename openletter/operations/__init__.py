"""For whoever runs the site: delivery, acts on mail, alarms, health, and what must hold."""
