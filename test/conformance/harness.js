// Builds and runs the Go servers for the tests with official clients.
import { execFile, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** How long to wait for anything, in milliseconds: the machine may be busy. */
const patience = 60_000;

const built = new Map();

/**
 * Builds a program, once in this process. It is asynchronous, so that clients keep answering
 * heartbeats.
 * @param {string} pkg its Go package, relative to the root
 * @returns {Promise<string>} the path of the program
 */
function build(pkg) {
  if (!built.has(pkg)) {
    const dir = mkdtempSync(join(tmpdir(), "conformance-"));
    process.on("exit", () => rmSync(dir, { recursive: true, force: true }));
    const bin = join(dir, "server");
    built.set(pkg, promisify(execFile)("go", ["build", "-o", bin, pkg], { cwd: root }).then(() => bin));
  }
  return built.get(pkg);
}

/**
 * Starts a program of this repository on a free port.
 * @param {string} pkg its Go package, relative to the root
 * @param {string[]} args its arguments
 * @returns {Promise<{url: string, stop: () => Promise<void>, kill: () => Promise<void>}>}
 */
export async function start(pkg, ...args) {
  const child = spawn(await build(pkg), args, { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(createInterface(child.stdout), "line");
  const end = async (signal) => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      await once(child, "exit");
    }
  };
  return {
    url: new URL(line.replace("listening on ", "")).origin,
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
  };
}

/** The system's Chromium, or the one that CHROMIUM names. */
export function chromiumPath() {
  for (const name of [process.env.CHROMIUM, "chromium", "chromium-browser", "google-chrome"]) {
    if (!name) continue;
    try {
      return execFileSync("sh", ["-c", 'command -v "$0"', name], { encoding: "utf8" }).trim();
    } catch {
      continue;
    }
  }
  throw new Error("Chromium is missing: install it, or set its path with CHROMIUM=/path/to/chromium");
}

/** Waits for an event and returns its arguments; fails after a minute. */
export function next(emitter, event) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`timed out waiting for ${event}`)), patience);
    emitter.once(event, (...args) => {
      clearTimeout(timer);
      resolve(args);
    });
  });
}

/** Polls until a condition holds; fails after a minute. */
export async function until(what, condition) {
  for (const end = Date.now() + patience; !condition(); ) {
    if (Date.now() > end) throw new Error(`timed out waiting for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export const transports = {
  polling: ["polling"],
  websocket: ["websocket"],
  "polling, then websocket": ["polling", "websocket"],
};
