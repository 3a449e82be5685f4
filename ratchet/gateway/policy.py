"""What the operator lets tasks reach."""

from __future__ import annotations

from typing import Literal, NamedTuple

DefaultPolicy = Literal["public", "declared", "none"]


class Policy(NamedTuple):
    """The operator's word on hosts and addresses.

    Args:
        default: `public` is any public address, narrowed by what a task declares; `declared` only what it declares;
            `none` nothing but the allow list.
        allow: Patterns of hosts that every task may reach, whatever it declares.
        deny: Patterns of hosts that no task may reach, whatever allows them.
        private_networks: What may be reached though it is not public: `10.0.0.0/8`, an address, a host; the last two
            with a port or without.
        offline: Nothing may be reached.
    """

    default: DefaultPolicy = "public"
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    private_networks: tuple[str, ...] = ()
    offline: bool = False

    def allowing(self, hosts: tuple[str, ...]) -> Policy:
        """Return the policy with hosts that somebody has allowed by hand.

        A host that is an address or `localhost` is granted as a private network too, as there is no doubt about where
        it leads; a name is not, as whoever answers for it says where it leads.
        """
        from ratchet.gateway.networks import is_local_pattern

        local = tuple(host for host in hosts if is_local_pattern(host))
        return self._replace(allow=self.allow + hosts, private_networks=self.private_networks + local)
