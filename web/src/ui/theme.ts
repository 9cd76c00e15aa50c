import { createTheme, type MantineColorsTuple } from '@mantine/core';

// The same ten values stand in mantine.css, because the provider writes no style element of its own.
const brand: MantineColorsTuple = ['#effcf9', '#d6f5ee', '#aeeadd', '#7fdac8', '#3fc0a5', '#17a38a', '#0f8b75', '#0f766e', '#0c5f58', '#0a4a45'];

// Label above, hint and error below the field.
const inputWrapperOrder: ('label' | 'input' | 'description' | 'error')[] = ['label', 'input', 'description', 'error'];

export const theme = createTheme({
  colors: { brand },
  primaryColor: 'brand',
  primaryShade: 7,
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily: 'var(--font)',
  components: {
    Button: { defaultProps: { size: 'xs', radius: 6 } },
    ActionIcon: { defaultProps: { size: 32, variant: 'subtle', color: 'gray', radius: 6 } },
    TextInput: { defaultProps: { size: 'sm', radius: 6, inputWrapperOrder } },
    PasswordInput: { defaultProps: { size: 'sm', radius: 6, inputWrapperOrder } },
    Textarea: { defaultProps: { size: 'sm', radius: 6, inputWrapperOrder, autosize: false } },
    NativeSelect: { defaultProps: { size: 'sm', radius: 6, inputWrapperOrder } },
    Select: { defaultProps: { size: 'sm', radius: 6, inputWrapperOrder, checkIconPosition: 'right' } },
    Tooltip: { defaultProps: { openDelay: 250, transitionProps: { duration: 0 }, multiline: true, maw: 320, events: { hover: true, focus: true, touch: true } } },
    Popover: { defaultProps: { transitionProps: { duration: 0 }, withinPortal: true, shadow: 'none' } },
    Menu: { defaultProps: { transitionProps: { duration: 0 }, position: 'bottom-end', shadow: 'none', withInitialFocusPlaceholder: false } },
    // Scrolling is locked by a rule in mantine.css: the library's own lock writes a style element, which our policy forbids.
    Modal: { defaultProps: { transitionProps: { duration: 0 }, centered: true, lockScroll: false } },
    Drawer: { defaultProps: { transitionProps: { duration: 0 }, position: 'right', lockScroll: false } },
  },
});
