export function Logo() {
  return (
    <svg width="24" height="24" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="#0f766e" />
      <path d="M9 24V8h14v4H13.4v3.4h7.8v3.8h-7.8V24z" fill="#fff" />
      <circle cx="23" cy="23" r="3" fill="#3fc0a5" />
    </svg>
  );
}
