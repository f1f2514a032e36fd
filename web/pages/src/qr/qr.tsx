// A QR code that a camera reads from a wall or a screen: black on white whatever the scheme, with a text alternative.
import { encode } from "uqr";

const BORDER = 4; // modules left white around it, as the standard has it

interface Props {
  /** What it leads to. */
  address: string;
  /** What it is, for who cannot see it. */
  label: string;
}

export function QrCode({ address, label }: Props) {
  // M: readable with a seventh of it dirty or torn.
  const { size, data } = encode(address, { ecc: "M", boostEcc: false, border: BORDER });
  const dark = data.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : "")));
  return (
    <svg
      class="qr"
      role="img"
      aria-label={label}
      data-address={address}
      viewBox={`0 0 ${size} ${size}`}
      shape-rendering="crispEdges"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={dark.join("")} fill="#000" />
    </svg>
  );
}
