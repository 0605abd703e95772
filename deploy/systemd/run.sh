#!/bin/sh
# Runs a command of Kith's with the settings that its services have, as root:
# sudo sh deploy/systemd/run.sh invite --admin
set -eu
# As systemd reads it: in a value nothing means anything but quotes around it.
while read -r line || [ -n "$line" ]; do
	case $line in
	[A-Za-z_]*=*) ;;
	*) continue ;;
	esac
	name=${line%%=*} value=${line#*=}
	case $value in
	\"*\" | \'*\') value=${value#?} value=${value%?} ;;
	esac
	export "$name=$value"
done </etc/kith/kith.env
TELEGRAM_BOT_TOKEN=$(cat /etc/kith/secrets/bot_token)
KITH_SECRET_KEY=$(cat /etc/kith/secrets/secret_key)
KITH_BACKUP_KEY=$(cat /etc/kith/secrets/backup_key)
export TELEGRAM_BOT_TOKEN KITH_SECRET_KEY KITH_BACKUP_KEY
cd /var/lib/kith
exec setpriv --reuid=kith --regid=kith --init-groups /usr/local/bin/kith "$@"
