"""How a program in Python reaches a fleet: the contract, made from proto/ when it is imported, and a connection."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Mapping, Optional

import grpc

PROTO = Path(__file__).resolve().parents[2] / "proto"
# A coordinator's certificate carries this name, whatever its address.
COORDINATOR_NAME = "coordinator.billet"

with tempfile.TemporaryDirectory(prefix="billet-stubs-") as stubs:
    _contract = [str(path) for path in sorted((PROTO / "billet" / "v1").glob("*.proto"))]
    _outputs = [f"--python_out={stubs}", f"--grpc_python_out={stubs}"]
    subprocess.run([sys.executable, "-m", "grpc_tools.protoc", f"-I{PROTO}", *_outputs, *_contract], check=True)
    sys.path.insert(0, stubs)
    from billet.v1 import machine_pb2, machine_service_pb2, machine_service_pb2_grpc
    from billet.v1 import placement_service_pb2, placement_service_pb2_grpc
    from billet.v1 import workload_pb2, workload_service_pb2, workload_service_pb2_grpc

    sys.path.remove(stubs)

__all__ = [
    "connect",
    "context_of",
    "machine_pb2",
    "machine_service_pb2",
    "machine_service_pb2_grpc",
    "placement_service_pb2",
    "placement_service_pb2_grpc",
    "workload_pb2",
    "workload_service_pb2",
    "workload_service_pb2_grpc",
]


def context_of(config: Optional[str], name: Optional[str]) -> Mapping[str, str]:
    """Where the fleet is, and as whom it is reached: what the command line would use."""
    own = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "billet" / "config.json"
    local = Path("/var/lib/billet/admin.context.json")
    path = Path(config or os.environ.get("BILLET_CONFIG") or (own if own.exists() else local))
    if path.stat().st_mode & 0o077:
        sys.exit(f"{path} can be read by others; it holds a key. Make it private: chmod 600 {path}")
    parsed = json.loads(path.read_text())
    wanted = name or os.environ.get("BILLET_CONTEXT") or parsed["current"]
    if wanted not in parsed["contexts"]:
        sys.exit(f"{path} has no context {wanted}; it has: {', '.join(parsed['contexts'])}")
    context: Mapping[str, str] = parsed["contexts"][wanted]
    return context


def connect(context: Mapping[str, str]) -> Any:
    """A channel to the coordinator; it is to be closed."""
    ca, key, certificate = (context[field].encode() for field in ("ca", "key", "certificate"))
    options = [
        ("grpc.ssl_target_name_override", COORDINATOR_NAME),
        ("grpc.default_authority", COORDINATOR_NAME),
        # A coordinator that is gone without a word is noticed.
        ("grpc.keepalive_time_ms", 20_000),
        ("grpc.keepalive_timeout_ms", 10_000),
    ]
    return grpc.secure_channel(context["address"], grpc.ssl_channel_credentials(ca, key, certificate), options)
