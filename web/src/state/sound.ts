/** A tone: its frequency in Hz, and its beginning in seconds. */
type Tone = readonly [frequency: number, at: number];

/** The sounds, made of a few tones: two falling ones, or three rising ones if messages call for me. */
const sounds: Record<'news' | 'call', readonly Tone[]> = {
  news: [
    [659.26, 0],
    [523.25, 0.09],
  ],
  call: [
    [587.33, 0],
    [739.99, 0.09],
    [880, 0.18],
  ],
};

/** Seconds that a tone lasts, and how loud it is at most, of 1. */
const length = 0.35;
const volume = 0.12;

let context: AudioContext | undefined;

/**
 * play plays a sound. Browsers allow it once the user has clicked or typed in the page; before
 * that, it does nothing.
 */
export function play(sound: keyof typeof sounds): void {
  // In older browsers, creating the context tells.
  if (navigator.userActivation?.hasBeenActive === false) return;
  try {
    context ??= new AudioContext();
    void context.resume();
    for (const [frequency, at] of sounds[sound]) playTone(context, frequency, at);
  } catch {
    // The browser plays no sound; what is to be seen says the same.
  }
}

function playTone(context: AudioContext, frequency: number, at: number): void {
  const start = context.currentTime + at;
  const loudness = context.createGain();
  loudness.gain.setValueAtTime(0, start);
  loudness.gain.linearRampToValueAtTime(volume, start + 0.015);
  loudness.gain.exponentialRampToValueAtTime(0.0001, start + length);
  loudness.connect(context.destination);
  const tone = context.createOscillator();
  tone.type = 'triangle';
  tone.frequency.value = frequency;
  tone.connect(loudness);
  tone.start(start);
  tone.stop(start + length);
}
