#!/bin/sh
# Has nginx ask the containers of web that there are now. It looks names up only
# when it reads its files; but after a reboot each container comes back in its
# own time, and perhaps at another address. nginx's image starts this before it,
# as all that is in /docker-entrypoint.d.
set -u

follow() {
	known= # what nginx found at its start nobody tells
	while sleep 5; do
		now=$(nslookup -type=a web) || continue
		now=$(printf '%s\n' "$now" | sort) # they come in any order
		[ "$now" = "$known" ] || { nginx -s reload && known=$now; }
	done
}

follow &
