"""The optical link: every loss and every photon of background."""
